"""Rows of one group in lists of rows that lie together, and what was measured of the lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.eight_bits import EightBits
from matching.scan import Rows
from matching.vectors import Float32

# Lists that score so much of the nearest one's score are sorted at first: a few.
NEAR = 0.7


@dataclass(frozen=True)
class Clusters:
    """Arrays over rows of sealed slots.

    `order` int32 [rows] has the row numbers list by list, `starts` int64 [lists + 1] where each
    begins. A row is in the list of the nearest of the unit `centroids` float32 [lists, dimension];
    `means` float32 [lists, dimension] are of the rows themselves, and `spread` float32 [lists] is
    the standard deviation of the rows' scores around their mean's. `reach` is how many of those a
    wanted row may lie above its list's mean. `reads`, the share of all rows that a search reads,
    `imbalance` and `trained_rows` are those of when the centroids were trained.
    """

    bits: EightBits
    centroids: Float32
    order: NDArray[np.int32]
    starts: Rows
    means: Float32
    spread: Float32
    reach: float
    reads: float
    trained_rows: int
    imbalance: float

    @property
    def rows(self) -> int:
        """How many rows the lists have."""
        return len(self.order)

    @property
    def lists(self) -> int:
        """How many lists there are."""
        return len(self.means)

    @cached_property
    def lengths(self) -> Rows:
        """How many rows each list has."""
        return np.diff(self.starts)

    def list_of(self) -> NDArray[np.int32]:
        """Return the list of each row, int32 [rows]."""
        made = np.empty(self.rows, dtype=np.int32)
        made[self.order] = np.repeat(np.arange(self.lists, dtype=np.int32), self.lengths)
        return made

    def first_lists(self, affinity: Float32, rows: int) -> Rows:
        """Return the nearest lists that have so many rows together, nearest first.

        *affinity* float32 [lists] are the scores of the lists' means.
        """
        near: Rows = (affinity >= NEAR * affinity.max()).nonzero()[0]
        near = near[(-affinity[near]).argsort()]
        held = self.lengths[near].cumsum()
        if not len(near) or held[-1] < rows:
            near = (-affinity).argsort()
            held = self.lengths[near].cumsum()
        return near[: int(held.searchsorted(rows)) + 1]
