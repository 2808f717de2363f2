"""Fold what says nearly the same in a list: a person who signed up twice, a need posted again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.similarity import Similarity
from matching.vectors import Float32, ItemVectors

# Copies with every tenth word gone lie above (.848 to .982), the nearest of 244 different people
# and of 76 different needs below (.717 and .695): docs/decisions/0043.
ALIKE = 0.85


@dataclass(frozen=True)
class Folded:
    """One to show, and those that say nearly the same, in the order of the list."""

    first: str
    similar: tuple[str, ...] = ()


def fold(
    ids: Sequence[str],
    passages: Mapping[str, ItemVectors],
    similarity: Similarity,
    alike: float = ALIKE,
) -> tuple[Folded, ...]:
    """Fold *ids*, best first, by their *passages*; every id is in exactly one of the results.

    Each id is compared with those that are shown already and goes to the first that it is
    `likeness` or more *alike*. Ids without vectors are shown by themselves. Made for the ids of
    one page: the work grows with the square of their passages.
    """
    known = [owner for owner in dict.fromkeys(ids) if owner in passages and passages[owner].items]
    shares = _Shares([passages[owner].vectors for owner in known], similarity)
    row_of = {owner: row for row, owner in enumerate(known)}
    groups: dict[str, list[str]] = {}
    for owner in dict.fromkeys(ids):
        shown = [
            first
            for first in groups
            if owner in row_of
            and first in row_of
            and shares.likeness(row_of[owner], row_of[first]) >= alike
        ]
        if shown:
            groups[shown[0]].append(owner)
        else:
            groups[owner] = []
    return tuple(Folded(first, tuple(similar)) for first, similar in groups.items())


def likeness(one: Float32, other: Float32, similarity: Similarity) -> float:
    """Return how far two sets of passages [n, dimension] say the same: 1 for the same texts.

    Each passage is compared with the nearest of the other side, as a share of the nearness of
    the two to themselves; the mean over the passages of a side, and the lesser of both sides: a
    profile that says all of another and much besides is not the same. 0 where a side is empty.
    """
    return _Shares([one, other], similarity).likeness(0, 1) if len(one) and len(other) else 0.0


class _Shares:
    """Nearness of all passages to each other, compared in one pass."""

    def __init__(self, sets: Sequence[Float32], similarity: Similarity) -> None:
        self._ends = np.cumsum([0, *map(len, sets)]).tolist()
        if not self._ends[-1]:
            return
        rows = np.concatenate(sets)
        scores = similarity.pairs(rows, rows)
        own = np.maximum(scores.diagonal(), 1e-6)
        self._shares = scores / np.sqrt(own[:, None] * own[None, :])

    def likeness(self, one: int, other: int) -> float:
        ends = self._ends
        block = self._shares[ends[one] : ends[one + 1], ends[other] : ends[other + 1]]
        return float(min(block.max(axis=1).mean(), block.max(axis=0).mean()))
