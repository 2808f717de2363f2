"""Rows of one group in slots: vectors, whose they are, which item, and whether they live."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.range_lists import RangeLists
from matching.ranges import ranges
from matching.scan import Rows
from matching.strings import StoredStrings
from matching.vectors import Float32

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]

Kind = TypeVar("Kind", bound=np.generic)

FIRST_CAPACITY = 64


class Slots:
    """A row keeps its slot for as long as it lives; a slot that died is used again.

    Saved slots are sealed: their arrays are mapped files, each owner's rows stand together, and
    only dying is possible. Open ones grow. `fork` gives a copy that may be changed while others
    search this one: the rows are shared, who lives is not.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.count = 0
        self.is_sealed = False
        # Of saved slots: rows first[code] up to first[code + 1] are those of an owner.
        self.first: Rows | None = None
        # The same rows by owner, for searches among few of them.
        self.by_owner: RangeLists | None = None
        self._vectors: Float32 = np.empty((0, dimension), dtype=np.float32)
        self._codes: Codes = np.empty(0, dtype=np.int32)
        self._items: list[str] | StoredStrings = []
        # None while all are alive, so that a mapped index costs nothing until something dies. Of
        # saved slots by owner, as the rows of one die together; else by slot.
        self._live: Mask | None = None
        self._dead = 0
        self._free: list[int] = []
        self._places: dict[int, tuple[int, ...]] = {}
        self._is_shared = False

    @classmethod
    def stored(
        cls,
        vectors: Float32,
        codes: Codes,
        first: Rows,
        items: StoredStrings,
        by_owner: RangeLists,
    ) -> Slots:
        """Return sealed slots over arrays that were saved; ValueError where they do not fit."""
        count = len(vectors)
        if not len(codes) == len(items) == count or first[0] != 0 or first[-1] != count:
            raise ValueError("The arrays of a group have different lengths.")
        if np.any(np.diff(first) < 0):
            raise ValueError("The rows of the owners overlap.")
        slots = cls(vectors.shape[1])
        slots.count, slots.is_sealed, slots.first = count, True, first
        slots._vectors, slots._codes, slots._items = vectors, codes, items
        slots.by_owner = by_owner
        return slots

    @property
    def vectors(self) -> Float32:
        """All slots float32 [count, dimension], dead ones included: a view, not to be written."""
        return self._vectors[: self.count]

    @property
    def codes(self) -> Codes:
        """The owner's number of each slot, int32 [count]."""
        return self._codes[: self.count]

    @property
    def live_count(self) -> int:
        return self.count - self._dead

    @property
    def dead_count(self) -> int:
        return self._dead

    def item(self, row: int) -> str:
        return self._items[row]

    def rows_of(self, code: int) -> Sequence[int]:
        """Return the live rows of one owner."""
        if self.first is None:
            return self._places.get(code, ())
        if code + 1 >= len(self.first) or (self._live is not None and not self._live[code]):
            return ()
        return range(int(self.first[code]), int(self.first[code + 1]))

    def live_rows(self) -> Rows:
        """Return the numbers of all live rows, ascending."""
        if self._live is None or not self._dead:
            return np.arange(self.count)
        if self.first is None:
            return np.flatnonzero(self._live[: self.count])
        return np.flatnonzero(np.repeat(self._live, np.diff(self.first)))

    def owners_allowed(self, allowed: Mask) -> Rows:
        """Return whose rows live and pass, of saved slots: numbers of owners, ascending."""
        known = allowed if self.first is None else allowed[: len(self.first) - 1]
        if self._live is not None:
            known = known & self._live[: len(known)]
        return known.nonzero()[0]

    def rows_allowed(self, allowed: Mask | None) -> Rows:
        """Return the live rows whose owner is in a mask over owner numbers, ascending.

        Over saved slots this costs what passes, not what there is.
        """
        if allowed is None:
            return self.live_rows()
        if self.first is None:
            return np.flatnonzero(self.passing(allowed, np.arange(self.count)))
        codes = self.owners_allowed(allowed)
        starts = self.first[codes]
        return ranges(starts, self.first[codes + 1] - starts)

    def passing(self, allowed: Mask | None, rows: Rows) -> Mask:
        """Return which of *rows* live and belong to an allowed owner."""
        passes = self._living(rows)
        if allowed is None:
            return passes
        codes = self.codes[rows]
        if self.first is not None and len(allowed) >= len(self.first) - 1:
            return passes & allowed[codes]
        if not len(allowed):
            return np.zeros(len(rows), dtype=np.bool_)
        # Whoever came after the mask was made does not pass it.
        known = codes < len(allowed)
        return passes & known & allowed[np.where(known, codes, 0)]

    def _living(self, rows: Rows) -> Mask:
        if self._live is None:
            return np.ones(len(rows), dtype=np.bool_)
        return self._live[rows if self.first is None else self.codes[rows]]

    def add(self, code: int, items: Sequence[str], vectors: Float32) -> None:
        """Put the rows of one owner into free slots, or behind the last."""
        if self.is_sealed or not isinstance(self._items, list):
            raise RuntimeError("These slots are sealed; add to open ones.")
        new = max(0, len(items) - len(self._free))
        rows = [self._free.pop() for _ in range(len(items) - new)]
        where: slice | list[int] = rows
        if new:
            # Behind the last, where a slice spares numpy the list.
            where = rows or slice(self.count, self.count + new)
            rows += range(self.count, self.count + new)
            self._grow(self.count + new)
        self._vectors[where] = vectors
        self._codes[where] = code
        for row, item in zip(rows, items, strict=True):
            self._items[row] = item
        if self._live is not None:
            self._live[where] = True
        self._dead -= len(items) - new
        self._places[code] = (*self._places.get(code, ()), *rows)

    def bury(self, code: int) -> bool:
        """Let the rows of one owner die; return whether there were any."""
        rows = self.rows_of(code)
        if not rows:
            return False
        if self._live is None:
            places = len(self._codes) if self.first is None else len(self.first) - 1
            self._live = np.ones(places, dtype=np.bool_)
        self._live[list(rows) if self.first is None else code] = False
        self._dead += len(rows)
        self._places.pop(code, None)
        if not self.is_sealed and not self._is_shared:
            self._free.extend(rows)
        return True

    def fork(self) -> Slots:
        """Return a copy to be changed; this one is only to be searched from now on."""
        copy = Slots(self.dimension)
        vars(copy).update(vars(self))
        copy._live = None if self._live is None else self._live.copy()
        copy._places = self._places.copy()
        if isinstance(self._items, list):
            copy._items = self._items.copy()
        # Somebody may be looking at what stands in a free slot.
        copy._free, copy._is_shared = [], True
        return copy

    def _grow(self, count: int) -> None:
        if count > len(self._codes):
            capacity = max(FIRST_CAPACITY, 2 * len(self._codes), count)
            self._vectors = _grown(self._vectors, capacity)
            self._codes = _grown(self._codes, capacity)
            if self._live is not None:
                grown = np.ones(capacity, dtype=np.bool_)
                grown[: len(self._live)] = self._live
                self._live = grown
        if isinstance(self._items, list):
            self._items.extend("" for _ in range(count - self.count))
        self.count = count


def mask_of(codes: Collection[int] | Rows, count: int) -> Mask:
    """Return a mask over *count* owners of those numbers; negative ones are passed over."""
    numbers = np.asarray(codes, dtype=np.int64)
    mask = np.zeros(count, dtype=np.bool_)
    mask[numbers[numbers >= 0]] = True
    return mask


def _grown(array: NDArray[Kind], capacity: int) -> NDArray[Kind]:
    grown = np.zeros((capacity, *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    return grown
