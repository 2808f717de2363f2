"""Many short strings as two arrays, and the owners of an index with a number for each.

A million Python strings take a second to read and 60 MB in every process. Two mapped arrays take
neither: a string is decoded when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Bytes = NDArray[np.uint8]

UNKNOWN = -1
# Looking up so many at once is faster through a dict, which is then kept.
BULK = 64


class StoredStrings:
    """Strings behind `offsets` int64 [count + 1] into `blob`, UTF-8 bytes uint8."""

    def __init__(self, offsets: Int64, blob: Bytes) -> None:
        if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(blob):
            raise ValueError("The offsets of the strings do not fit their bytes.")
        self.offsets = offsets
        self.blob = blob

    @classmethod
    def of(cls, strings: Iterable[str]) -> StoredStrings:
        encoded = [string.encode() for string in strings]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in encoded], out=offsets[1:])
        return cls(offsets, np.frombuffer(b"".join(encoded), dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        return self.encoded(number).decode()

    def encoded(self, number: int) -> bytes:
        """Return the UTF-8 bytes of one string."""
        return self.blob[self.offsets[number] : self.offsets[number + 1]].tobytes()

    def tolist(self) -> list[str]:
        """Decode all of them."""
        blob, ends = self.blob.tobytes(), self.offsets.tolist()
        return [blob[a:b].decode() for a, b in pairwise(ends)]


class OwnerTable:
    """Owner ids by number: those of a saved index, then those that came since.

    `order` int32 are the saved numbers sorted by the bytes of their ids, for binary search.
    """

    def __init__(
        self, stored: StoredStrings | None = None, order: NDArray[np.int32] | None = None
    ) -> None:
        self._stored = stored or StoredStrings.of(())
        self._order = order if order is not None else np.zeros(0, dtype=np.int32)
        if len(self._order) != len(self._stored):
            raise ValueError("The order of the owners does not fit their number.")
        self._new: list[str] = []
        self._new_codes: dict[str, int] = {}
        self._stored_codes: dict[str, int] | None = None
        self._stored_names: list[str] | None = None

    @staticmethod
    def sorted_order(names: Sequence[str]) -> NDArray[np.int32]:
        """Return the numbers of *names* sorted by their UTF-8 bytes."""
        encoded = [name.encode() for name in names]
        return np.asarray(sorted(range(len(names)), key=encoded.__getitem__), dtype=np.int32)

    def __len__(self) -> int:
        return len(self._stored) + len(self._new)

    def name(self, code: int) -> str:
        """Return the id behind a number; IndexError on a number that nobody has."""
        if not 0 <= code < len(self):
            raise IndexError(f"No owner has the number {code}.")
        if code >= len(self._stored):
            return self._new[code - len(self._stored)]
        return self._stored_names[code] if self._stored_names else self._stored[code]

    def names(self) -> list[str]:
        """Return all ids by number; the first call decodes those of a saved index."""
        if self._stored_names is None:
            self._stored_names = self._stored.tolist()
        return self._stored_names + self._new

    def code(self, name: str) -> int:
        """Return the number of an id, or UNKNOWN."""
        if name in self._new_codes:
            return self._new_codes[name]
        if self._stored_codes is not None:
            return self._stored_codes.get(name, UNKNOWN)
        return self._searched(name.encode())

    def codes(self, names: Collection[str]) -> Int64:
        """Return the number of each id, UNKNOWN where there is none."""
        if len(names) > BULK and self._stored_codes is None and len(self._stored):
            self._stored_codes = {n: c for c, n in enumerate(self._stored.tolist())}
        return np.fromiter((self.code(name) for name in names), np.int64, len(names))

    def add(self, name: str) -> int:
        """Return the number of an id, a new one if it has none."""
        code = self.code(name)
        if code == UNKNOWN:
            code = len(self)
            self._new.append(name)
            self._new_codes[name] = code
        return code

    def fork(self) -> OwnerTable:
        """Return a copy that can be added to; what was saved is shared."""
        copy = OwnerTable(self._stored, self._order)
        copy._new, copy._new_codes = self._new.copy(), self._new_codes.copy()
        copy._stored_codes, copy._stored_names = self._stored_codes, self._stored_names
        return copy

    def _searched(self, wanted: bytes) -> int:
        low, high = 0, len(self._order)
        while low < high:
            middle = (low + high) // 2
            code = int(self._order[middle])
            found = self._stored.encoded(code)
            if found == wanted:
                return code
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return UNKNOWN
