"""Hard facts of everybody in columns: one question to all of them takes a few passes.

`people_table` answers for one need, `need_table` for one person, each as `check_facts` would pair
by pair.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Generic, TypeVar

import numpy as np

from matching.alignment import Alignment
from matching.columns import Column, Mask, Rows
from matching.exclusions import BIT_OF, Bits
from matching.facts import ExclusionCode
from matching.index import VectorIndex
from matching.screen import Numbers, Screen

# Rows of owners who left are kept until they are this share of all.
MOST_GONE = 0.25
FIRST_ROWS = 1_024

FactsT = TypeVar("FactsT")
OtherT = TypeVar("OtherT")
# Where a question excludes: a mask or row numbers; None for nowhere.
Hits = Mask | Rows | None
Answer = tuple[ExclusionCode, Hits]


class FactTable(ABC, Generic[FactsT, OtherT]):
    """Facts by owner id. Reading and changing take turns, so threads may share a table."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._owners: list[str] = []
        self._slots: dict[str, int] = {}
        self._live = np.zeros(0, dtype=np.bool_)
        # Rises with every owner who comes or goes, and when rows move.
        self._version = 0
        self._alignment = Alignment()
        self._aligned_to: VectorIndex | None = None
        self._aligned_at = (-1, -1)
        self._numbers: Numbers = np.zeros(0, dtype=np.int64)

    def build(self, facts: Mapping[str, FactsT]) -> FactTable[FactsT, OtherT]:
        """Put everybody of *facts* and return self."""
        with self._lock:
            self._make_room(len(self._owners) + len(facts))
            for owner, own in facts.items():
                self.put(owner, own)
        return self

    def put(self, owner: str, facts: FactsT) -> None:
        """Add *owner* or replace what was stated; seen by the next screening."""
        with self._lock:
            slot = self._slots.get(owner)
            if slot is None:
                slot = len(self._owners)
                self._make_room(slot + 1)
                self._owners.append(owner)
                self._slots[owner] = slot
                self._live[slot] = True
                self._version += 1
            self._set(slot, facts)

    def remove(self, owner: str) -> bool:
        """Forget *owner*; return whether it was there."""
        with self._lock:
            slot = self._slots.pop(owner, None)
            if slot is None:
                return False
            self._live[slot] = False
            self._version += 1
            if len(self._owners) - len(self._slots) > max(FIRST_ROWS, len(self) * MOST_GONE):
                self._compact()
            return True

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, owner: object) -> bool:
        return owner in self._slots

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._slots))

    def screen(
        self,
        other: OtherT,
        index: VectorIndex,
        today: date | None = None,
        excluded: Mapping[str, str] | None = None,
    ) -> Screen:
        """Put the facts of *other* to everybody who has rows in *index*, in one pass.

        *excluded* are the caller's own codes by id. The answer stays as it is when the table
        changes.
        """
        with self._lock:
            count = len(self._owners)
            bits: Bits = np.zeros(count, dtype=np.uint32)
            for code, hits in self._answers(other, today, count):
                if hits is not None:
                    _mark(bits, BIT_OF[code], hits)
            numbers = self._numbers_in(index)
            return Screen(self._owners, self._slots, bits, numbers, called=excluded or {})

    @abstractmethod
    def _set(self, slot: int, facts: FactsT) -> None: ...

    @abstractmethod
    def _answers(self, other: OtherT, today: date | None, count: int) -> Iterable[Answer]: ...

    @abstractmethod
    def _columns(self) -> tuple[Column, ...]: ...

    def _numbers_in(self, index: VectorIndex) -> Numbers:
        """Return the number that each owner has in *index*, -1 for those who have no rows there."""
        state = (index.version, self._version)
        if self._aligned_to is not index or self._aligned_at != state:
            known = self._alignment.numbers(index, self._owners, self._slots)
            has_rows = np.append(index.has_rows(), False)
            there = self._live[: len(known)] & has_rows[known]
            numbers = np.where(there, known, -1)
            self._aligned_to, self._aligned_at, self._numbers = index, state, numbers
        return self._numbers

    def _make_room(self, size: int) -> None:
        if size > len(self._live):
            room = max(FIRST_ROWS, size, 2 * len(self._live))
            live = np.zeros(room, dtype=np.bool_)
            live[: len(self._live)] = self._live
            self._live = live
            for column in self._columns():
                column.grow(room)

    def _compact(self) -> None:
        """Move everybody who is left together; lists that a screen holds stay as they are."""
        rows = np.fromiter(self._slots.values(), dtype=np.int64, count=len(self._slots))
        for column in self._columns():
            column.keep(rows)
        self._owners = list(self._slots)
        self._slots = {owner: slot for slot, owner in enumerate(self._owners)}
        self._live = np.ones(len(rows), dtype=np.bool_)
        self._make_room(len(rows) + FIRST_ROWS)
        self._alignment = Alignment()
        self._version += 1


def _mark(bits: Bits, bit: np.uint32, hits: Mask | Rows) -> None:
    if hits.dtype == np.bool_:
        np.bitwise_or(bits, bit, out=bits, where=np.asarray(hits, dtype=np.bool_))
    else:
        # Rows that came in after the count was taken are not asked about.
        bits[hits[hits < len(bits)]] |= bit


def contains_code(code: ExclusionCode, codes: frozenset[ExclusionCode]) -> bool:
    """Return whether *code* is one of those that hold whoever the other side is."""
    return code in codes
