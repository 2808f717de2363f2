"""How alike two rankings are, and how evenly a list spreads what it shows: plain functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

# Weights the first ten ranks with 86 % of the measure (Webber et al., section 4.3).
PERSISTENCE = 0.9


def rank_biased_overlap(
    one: Sequence[str], other: Sequence[str], persistence: float = PERSISTENCE
) -> float:
    """Return how alike two rankings are, from 0 (nothing in common) to 1 (the same).

    This is the extrapolated overlap RBO_EXT, equation 32 of Webber, Moffat and Zobel, "A
    similarity measure for indefinite rankings", ACM Transactions on Information Systems 28(4),
    2010: the agreement at each depth, weighted by *persistence* to the power of the depth, with
    the agreement at the end of the lists taken to go on. The lists may differ in length and in
    what they hold; neither may hold anything twice. Two empty lists are alike, an empty one and
    another are not. ValueError for doubles, and for a persistence outside of (0, 1).
    """
    if not 0 < persistence < 1:
        raise ValueError(f"The persistence is {persistence}; it lies between 0 and 1.")
    for ranking in (one, other):
        if len(set(ranking)) != len(ranking):
            raise ValueError("A ranking holds something twice.")
    short, long = sorted((one, other), key=len)
    if not short:
        return 0.0 if long else 1.0
    shared = _shared_at_each_depth(short, long)
    s, l = len(short), len(long)  # noqa: E741 - the names of the paper
    x_s, x_l = shared[s - 1], shared[l - 1]
    total = sum(shared[d - 1] / d * persistence**d for d in range(1, l + 1))
    total += sum(x_s * (d - s) / (s * d) * persistence**d for d in range(s + 1, l + 1))
    rest = ((x_l - x_s) / l + x_s / s) * persistence**l
    return (1 - persistence) / persistence * total + rest


def _shared_at_each_depth(short: Sequence[str], long: Sequence[str]) -> list[int]:
    """Return how many the first d of both have in common, for d from 1 to the longer's length."""
    seen_short: set[str] = set()
    seen_long: set[str] = set()
    shared = 0
    depths = []
    for depth, item in enumerate(long):
        seen_long.add(item)
        if depth < len(short):
            partner = short[depth]
            seen_short.add(partner)
            shared += partner in seen_long
            shared += item in seen_short and item != partner
        else:
            shared += item in seen_short
        depths.append(shared)
    return depths


def exposure_at(rank: int) -> float:
    """Return how much attention a rank, from 1, gets: 1 / log2(1 + rank).

    The logarithmic discount of Singh and Joachims, "Fairness of Exposure in Rankings", KDD 2018.
    ValueError for a rank under 1.
    """
    if rank < 1:
        raise ValueError(f"Ranks begin at 1; this one is {rank}.")
    return 1.0 / math.log2(1 + rank)


def gini(values: Sequence[float]) -> float | None:
    """Return Gini's coefficient of non-negative *values*: 0 where all are alike, up to 1 - 1/n.

    G = sum((2 i - n - 1) x_i) / (n sum(x)) over the values in rising order (Gini 1912, in the
    form of Sen, "On Economic Inequality", 1973). None where there is nothing to spread.
    ValueError for a negative value.
    """
    ordered = sorted(values)
    if not ordered or ordered[-1] == 0:
        return None
    if ordered[0] < 0:
        raise ValueError("A share cannot be negative.")
    n, total = len(ordered), math.fsum(ordered)
    return math.fsum((2 * i - n - 1) * x for i, x in enumerate(ordered, start=1)) / (n * total)


def lorenz(values: Sequence[float], groups: int) -> tuple[float, ...]:
    """Return which share of the sum the least 1/groups of *values* have, the least 2/groups, ...

    Lorenz 1905. The first point is 0 and the last is 1, `groups` + 1 in all; groups differ in size
    by one at most. Empty where there is nothing to spread, or fewer values than groups.
    """
    ordered = sorted(values)
    total = math.fsum(ordered)
    if groups < 1 or len(ordered) < groups or total == 0:
        return ()
    sums = [0.0, *accumulate(ordered)]
    return tuple(sums[len(ordered) * part // groups] / total for part in range(groups + 1))
