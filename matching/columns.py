"""Columns of facts: one entry a row, asked of all rows at once.

A column starts empty, grows with `grow`, and forgets rows with `keep`. What a row holds before it
is set stands for "not stated".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.facts import Span

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
Days = NDArray[np.int32]

# A level below every one that can be asked for, and one above.
ABSENT, UNKNOWN_LEVEL = -128, 127
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()

V = TypeVar("V", bound=Hashable)


class Column(Protocol):
    """What a table asks of each of its columns."""

    def grow(self, size: int) -> None:
        """Make room for *size* rows."""
        ...

    def keep(self, rows: Rows) -> None:
        """Keep these rows, in this order, as the only ones."""
        ...


class Interned(Generic[V]):
    """Any hashable value, each kept once: a question is put to values and not to rows."""

    def __init__(self, unstated: V) -> None:
        self._codes = np.zeros(0, dtype=np.int32)
        self._values: list[V] = [unstated]
        self._code_of: dict[V, int] = {unstated: 0}

    def grow(self, size: int) -> None:
        self._codes = _grown(self._codes, size, 0)

    def set(self, row: int, value: V) -> None:
        code = self._code_of.setdefault(value, len(self._values))
        if code == len(self._values):
            self._values.append(value)
        self._codes[row] = code

    def where(self, holds: Callable[[V], bool], count: int) -> Mask | None:
        """Return the rows whose value *holds*, of the first *count*; None when no value does."""
        found = np.fromiter(map(holds, self._values), dtype=np.bool_, count=len(self._values))
        return found[self._codes[:count]] if found.any() else None

    def keep(self, rows: Rows) -> None:
        used, codes = np.unique(self._codes[rows], return_inverse=True)
        values = [self._values[0], *(self._values[code] for code in used.tolist() if code)]
        # Code 0 stays that of "not stated", whether or not a row is left that has it.
        self._codes = (codes + (0 if len(used) and used[0] == 0 else 1)).astype(np.int32)
        self._values = values
        self._code_of = {value: code for code, value in enumerate(values)}


class Levels:
    """A level for each of many names (languages): one array of small numbers a name."""

    def __init__(self) -> None:
        self._size = 0
        self._is_listed = np.zeros(0, dtype=np.bool_)
        self._levels: dict[str, NDArray[np.int8]] = {}

    def grow(self, size: int) -> None:
        self._size = size
        self._is_listed = _grown(self._is_listed, size, 0)
        self._levels = {name: _grown(own, size, ABSENT) for name, own in self._levels.items()}

    def set(self, row: int, levels: Mapping[str, int | None]) -> None:
        if self._is_listed[row]:
            for own in self._levels.values():
                own[row] = ABSENT
        self._is_listed[row] = bool(levels)
        for name, level in levels.items():
            if name not in self._levels:
                self._levels[name] = np.full(self._size, ABSENT, dtype=np.int8)
            known = UNKNOWN_LEVEL if level is None else _within(level, UNKNOWN_LEVEL - 1)
            self._levels[name][row] = known

    def below(self, name: str, minimum: int, count: int) -> Mask:
        """Return the rows that list something, but not *name* at *minimum* or at no level."""
        listed = self._is_listed[:count]
        own = self._levels.get(name)
        if own is None:
            return listed
        below: Mask = listed & (own[:count] < _within(minimum, UNKNOWN_LEVEL))
        return below

    def keep(self, rows: Rows) -> None:
        self._size = len(rows)
        self._is_listed = self._is_listed[rows]
        self._levels = {
            name: own[rows] for name, own in self._levels.items() if (own[rows] != ABSENT).any()
        }


class Spans:
    """Spans of days, any number a row, and the notice that each row asks for."""

    def __init__(self) -> None:
        self._notice = np.zeros(0, dtype=np.int32)
        self._is_stated = np.zeros(0, dtype=np.bool_)
        self._count = 0
        self._rows = np.zeros(0, dtype=np.int32)
        self._starts = np.zeros(0, dtype=np.int32)
        self._ends = np.zeros(0, dtype=np.int32)
        self._places: dict[int, tuple[int, int]] = {}

    def grow(self, size: int) -> None:
        self._notice = _grown(self._notice, size, 0)
        self._is_stated = _grown(self._is_stated, size, 0)

    def set(self, row: int, spans: Sequence[Span], notice_days: int) -> None:
        first, end = self._places.pop(row, (0, 0))
        # A span that ends before it starts meets nothing.
        self._starts[first:end], self._ends[first:end] = LAST_DAY, 0
        self._notice[row] = min(max(0, notice_days), LAST_DAY)
        self._is_stated[row] = bool(spans)
        if not spans:
            return
        first, self._count = self._count, self._count + len(spans)
        if self._count > len(self._rows):
            room = max(16, 2 * self._count)
            self._rows = _grown(self._rows, room, 0)
            self._starts = _grown(self._starts, room, LAST_DAY)
            self._ends = _grown(self._ends, room, 0)
        self._places[row] = (first, self._count)
        self._rows[first : self._count] = row
        self._starts[first : self._count] = [day_number(span.start, FIRST_DAY) for span in spans]
        self._ends[first : self._count] = [day_number(span.end, LAST_DAY) for span in spans]

    def missing(self, earliest: int, latest: int, today: date | None, count: int) -> Mask:
        """Return the rows that state spans, none of which has a day in time to start."""
        first = np.full(count, earliest, dtype=np.int32)
        if today is not None:
            told = np.minimum(today.toordinal() + self._notice[:count].astype(np.int64), LAST_DAY)
            np.maximum(first, told, out=first, casting="unsafe")
        rows = self._rows[: self._count]
        starts = np.maximum(self._starts[: self._count], first[rows])
        met = (starts <= latest) & (starts <= self._ends[: self._count])
        missing = self._is_stated[:count].copy()
        missing[rows[met]] = False
        return missing

    def keep(self, rows: Rows) -> None:
        old = [self._places.get(row, (0, 0)) for row in rows.tolist()]
        order = [place for first, end in old for place in range(first, end)]
        lengths = [end - first for first, end in old]
        self._notice, self._is_stated = self._notice[rows], self._is_stated[rows]
        self._starts, self._ends = self._starts[order], self._ends[order]
        self._rows = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
        self._count = len(order)
        ends = np.cumsum(lengths, dtype=np.int64).tolist()
        self._places = {
            row: (end - length, end)
            for row, (end, length) in enumerate(zip(ends, lengths, strict=True))
            if length
        }


class Windows:
    """The first and the last day on which each row may start; none is asked of an unset row."""

    def __init__(self) -> None:
        self._is_stated = np.zeros(0, dtype=np.bool_)
        self._first = np.zeros(0, dtype=np.int32)
        self._last = np.zeros(0, dtype=np.int32)

    def grow(self, size: int) -> None:
        self._is_stated = _grown(self._is_stated, size, 0)
        self._first = _grown(self._first, size, FIRST_DAY)
        self._last = _grown(self._last, size, LAST_DAY)

    def set(self, row: int, first: date | None, last: date | None) -> None:
        self._is_stated[row] = last is not None
        self._first[row] = day_number(first, FIRST_DAY)
        self._last[row] = day_number(last, LAST_DAY)

    def missing(self, spans: Iterable[tuple[int, int]], count: int) -> Mask:
        """Return the rows that state days, none of which one of *spans* has to start on."""
        missing = self._is_stated[:count].copy()
        for start, end in spans:
            starts = np.maximum(self._first[:count], start)
            missing &= (starts > self._last[:count]) | (starts > end)
        return missing

    def keep(self, rows: Rows) -> None:
        self._is_stated = self._is_stated[rows]
        self._first, self._last = self._first[rows], self._last[rows]


class Keys:
    """Sets of keys that few rows have, found from the key."""

    def __init__(self) -> None:
        self._rows_of: dict[str, set[int]] = {}
        self._keys_of: dict[int, frozenset[str]] = {}

    def grow(self, size: int) -> None:
        """Do nothing: rows without keys take no room."""

    def set(self, row: int, keys: frozenset[str]) -> None:
        for key in self._keys_of.pop(row, ()):
            rows = self._rows_of[key]
            rows.discard(row)
            if not rows:
                del self._rows_of[key]
        if keys:
            self._keys_of[row] = keys
            for key in keys:
                self._rows_of.setdefault(key, set()).add(row)

    def having(self, keys: Iterable[str]) -> Rows:
        """Return the rows that have any of *keys*."""
        found = set().union(*(self._rows_of.get(key, ()) for key in keys))
        return np.fromiter(found, dtype=np.int64, count=len(found))

    def keep(self, rows: Rows) -> None:
        kept = {row: self._keys_of.get(old, frozenset()) for row, old in enumerate(rows.tolist())}
        self._rows_of, self._keys_of = {}, {}
        for row, keys in kept.items():
            self.set(row, keys)


def day_number(day: date | None, open_side: int) -> int:
    """Return a day as a number that grows by one a day; *open_side* for none."""
    return open_side if day is None else day.toordinal()


N = TypeVar("N", bound=np.generic)


def _grown(own: NDArray[N], size: int, fill: int) -> NDArray[N]:
    grown = np.full(size, fill, dtype=own.dtype)
    grown[: len(own)] = own
    return grown


def _within(level: int, most: int) -> int:
    return max(ABSENT + 1, min(level, most))
