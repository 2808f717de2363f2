"""Rows that were made a short while ago: labels of skills come up again with every few people."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from matching.vectors import Float32

# A text and the language that it is taken for.
Key = tuple[str, str]
# Longer texts hardly ever come again.
MOST_CHARACTERS = 80


class RememberedRows:
    """The last *most* rows that were made of short texts. Threads may share it."""

    def __init__(self, dimension: int, most: int) -> None:
        self._dimension = dimension
        self._most = most
        self._rows: OrderedDict[Key, Float32] = OrderedDict()
        self._lock = threading.Lock()

    def rows(self, keys: Sequence[Key], make: Callable[[list[Key]], Float32]) -> Float32:
        """Return float32 [len(keys), dimension], asking *make* once for each key that is new."""
        if not keys:
            return np.zeros((0, self._dimension), dtype=np.float32)
        known = self._known(keys)
        new = [key for key in dict.fromkeys(keys) if key not in known]
        if new:
            known |= dict(zip(new, make(new), strict=True))
            self._keep(new, known)
        return np.stack([known[key] for key in keys])

    def _known(self, keys: Sequence[Key]) -> dict[Key, Float32]:
        with self._lock:
            known = {key: self._rows[key] for key in keys if key in self._rows}
            for key in known:
                self._rows.move_to_end(key)
        return known

    def _keep(self, new: Sequence[Key], rows: dict[Key, Float32]) -> None:
        with self._lock:
            for key in new:
                if len(key[0]) <= MOST_CHARACTERS:
                    # A copy: a row of the whole batch would keep all of it.
                    self._rows[key] = rows[key].copy()
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)
