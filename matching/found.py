"""Put the answers of several parts together, as arrays: no object for a row nobody looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.scan import Best, Rows
from matching.slots import Slots
from matching.vectors import Float32

# What was found for one query in some slots, and what is added to each score.
Part = tuple[Slots, Best, np.float32]


class Found(NamedTuple):
    """Rows near to one query, best first: score and owner's number of each."""

    scores: Float32
    codes: NDArray[np.int64]
    parts: Sequence[Part]
    # Their places among the rows of all parts; None: in that order.
    order: Rows | None

    def slots_and_rows(self) -> list[tuple[Slots, int]]:
        """Return where each row stands."""
        places = [(slots, row) for slots, best, _ in self.parts for row in best.rows.tolist()]
        return places if self.order is None else [places[n] for n in self.order.tolist()]


def merged(parts: Sequence[Part], k: int) -> Found:
    """Return the *k* best of all parts of one query."""
    if len(parts) == 1:
        slots, best, offset = parts[0]
        return Found(_scores(best, offset), _owners(slots, best), parts, None)
    if not parts:
        return Found(np.zeros(0, np.float32), np.zeros(0, np.int64), parts, None)
    score = np.concatenate([_scores(best, offset) for _, best, offset in parts])
    code = np.concatenate([_owners(slots, best) for slots, best, _ in parts])
    order = (-score).argsort(kind="stable")[:k]
    return Found(score[order], code[order], parts, order)


def _scores(best: Best, offset: np.float32) -> Float32:
    return best.scores + offset if offset else best.scores


def _owners(slots: Slots, best: Best) -> NDArray[np.int64]:
    # Of saved slots the runs are owners.
    runs = best.runs
    return runs if runs is not None else slots.codes.take(best.rows).astype(np.int64)
