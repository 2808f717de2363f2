"""Which number each owner of a fact table has in a vector index, kept while both grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from matching.index import VectorIndex
from matching.screen import Numbers

UNKNOWN = -1


class Alignment:
    """Numbers in an index by row of a table, for one table as long as its rows keep their places.

    Numbers never move within an index and its forks, so after a change only those are looked up
    who came to either side since.
    """

    def __init__(self) -> None:
        self._lineage: object = None
        self._numbers: Numbers = np.zeros(0, dtype=np.int64)
        self._seen = 0

    def numbers(
        self, index: VectorIndex, owners: Sequence[str], slots: Mapping[str, int]
    ) -> Numbers:
        """Return the number of each of *owners*, -1 for one that was never in *index*.

        *slots* are the places of *owners* that have not left. The array is not to be changed.
        """
        if self._lineage is not index.lineage:
            self._lineage, self._numbers = index.lineage, np.zeros(0, dtype=np.int64)
            self._seen = index.owner_count
        new = owners[len(self._numbers) :]
        if new:
            self._numbers = np.concatenate([self._numbers, index.numbers_of(new)])
        for number in range(self._seen, index.owner_count):
            slot = slots.get(index.owner_at(number))
            if slot is not None:
                self._numbers[slot] = number
        self._seen = index.owner_count
        return self._numbers
