"""Ranking metrics, each a plain function of scores, order and grades."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations


def pairwise_loss(judged: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return (lost, possible) over all pairs of (score, grade) of one expert.

    A wrongly ordered pair loses the difference of its grades, a tie in the score half of it
    (Stelmakh et al., A Gold Standard Dataset for the Reviewer Assignment Problem, 2023). Sums
    over experts are divided at the end, so that an expert weighs as much as was judged.
    """
    lost = possible = 0.0
    for (score_a, grade_a), (score_b, grade_b) in combinations(judged, 2):
        difference = grade_a - grade_b
        possible += abs(difference)
        agreement = (score_a - score_b) * difference
        if difference and agreement <= 0:
            lost += abs(difference) * (1.0 if agreement < 0 else 0.5)
    return lost, possible


def reciprocal_rank(order: Sequence[str], relevant: Mapping[str, float]) -> float:
    """Return 1 / rank of the first relevant one in *order*, 0 when there is none."""
    for rank, owner in enumerate(order, start=1):
        if owner in relevant:
            return 1.0 / rank
    return 0.0


def average_precision(order: Sequence[str], relevant: Mapping[str, float]) -> float:
    """Return the mean of precision at each relevant one; one not in *order* counts as 0."""
    found = total = 0.0
    for rank, owner in enumerate(order, start=1):
        if owner in relevant:
            found += 1.0
            total += found / rank
    return total / len(relevant)


def recall_at(order: Sequence[str], relevant: Mapping[str, float], k: int) -> float:
    """Return the share of the relevant ones that stand among the first *k*."""
    return sum(owner in relevant for owner in order[:k]) / len(relevant)


def ndcg_at(order: Sequence[str], gains: Mapping[str, float], k: int) -> float:
    """Return the discounted gain of the first *k* over that of the best order (gain = grade)."""
    best = sum(
        gain / math.log2(rank + 1)
        for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:k], start=1)
    )
    got = sum(
        gains.get(owner, 0.0) / math.log2(rank + 1) for rank, owner in enumerate(order[:k], start=1)
    )
    return got / best if best else 0.0
