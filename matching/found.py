"""Put the answers of several parts together, as arrays: no object for a row nobody looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.scan import Rows
from matching.slots import Slots
from matching.vectors import Float32


@dataclass(frozen=True)
class Found:
    """Rows near to one query, best first: score, owner's number, which part, which slot."""

    scores: Float32
    codes: NDArray[np.int64]
    parts: NDArray[np.int64]
    rows: Rows

    def as_lists(self) -> tuple[list[float], list[int], list[int], list[int]]:
        return (
            self.scores.tolist(),
            self.codes.tolist(),
            self.parts.tolist(),
            self.rows.tolist(),
        )


def merge(
    parts: Sequence[Slots], answers: Sequence[tuple[Float32, Rows]], queries: int, k: int
) -> Iterator[Found]:
    """Yield the *k* best of all parts for each query; a row of -1 is none."""
    for number in range(queries):
        scores = [found[number] for found, _ in answers]
        rows = [found[number] for _, found in answers]
        yield _merged(parts, scores, rows, k)


def _merged(
    parts: Sequence[Slots], scores: Sequence[Float32], rows: Sequence[Rows], k: int
) -> Found:
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Found(np.zeros(0, dtype=np.float32), none, none, none)
    codes = [slots.codes[np.maximum(found, 0)] for slots, found in zip(parts, rows, strict=True)]
    part = np.repeat(np.arange(len(parts)), [len(found) for found in rows])
    score, row, code = np.concatenate(scores), np.concatenate(rows), np.concatenate(codes)
    if len(parts) > 1 or (len(row) and row[-1] < 0):
        score = np.where(row < 0, -np.inf, score)
        order = np.argsort(-score, kind="stable")[: min(k, int((row >= 0).sum()))]
        score, row, code, part = score[order], row[order], code[order], part[order]
    return Found(score, code.astype(np.int64), part, row)
