"""What is alive in an index, in the order in which it is saved: owner by owner, without gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.group import Group
from matching.scan import Rows
from matching.slots import Codes, Slots
from matching.strings import OwnerTable
from matching.vectors import Float32

# Rows copied at a time, so that saving a mapped index does not need its size in memory.
CHUNK = 16_384


@dataclass(frozen=True)
class CompactedGroup:
    """Rows of one group: `codes` int32 ascending, `first` int64 [owners + 1], and whence each is.

    `parts` and `rows` say for each row in which of the slots, and where in them, it stands.
    """

    slots: list[Slots]
    codes: Codes
    first: Rows
    parts: NDArray[np.int64]
    rows: Rows

    def vectors(self) -> Iterator[Float32]:
        """Yield the vectors in chunks."""
        for start in range(0, len(self.codes), CHUNK):
            parts, rows = self.parts[start : start + CHUNK], self.rows[start : start + CHUNK]
            chunk = np.empty((len(rows), self.slots[0].dimension), dtype=np.float32)
            for number, slots in enumerate(self.slots):
                members = parts == number
                chunk[members] = slots.vectors[rows[members]]
            yield chunk

    def known(self, sealed: Slots | None, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return for each row its value in *values*, those of the sealed rows; -1 for another."""
        found = np.full(len(self.rows), -1, dtype=np.int32)
        for number, slots in enumerate(self.slots):
            if slots is sealed:
                members = self.parts == number
                found[members] = values[self.rows[members]]
        return found

    def items(self) -> Iterator[str]:
        """Yield the item of each row."""
        for part, row in zip(self.parts.tolist(), self.rows.tolist(), strict=True):
            yield self.slots[part].item(row)


@dataclass(frozen=True)
class Compacted:
    """The ids of the owners that have rows, by their new numbers, and the groups."""

    names: list[str]
    groups: dict[int, CompactedGroup]


def compacted(owners: OwnerTable, groups: Mapping[int, Group]) -> Compacted:
    """Number the owners anew, in the order in which they came, and sort the live rows by them."""
    present = np.zeros(len(owners), dtype=np.bool_)
    for group in groups.values():
        for codes in group.live_codes():
            present[codes] = True
    renumbered = (np.cumsum(present) - 1).astype(np.int32)
    names = owners.names()
    kept = [names[code] for code in np.flatnonzero(present).tolist()]
    return Compacted(
        kept,
        {
            number: _group(group, renumbered, len(kept))
            for number, group in sorted(groups.items())
            if group.live_count
        },
    )


def _group(group: Group, renumbered: Codes, owners: int) -> CompactedGroup:
    slots = list(group.parts())
    rows = [part.live_rows() for part in slots]
    codes = np.concatenate(
        [renumbered[part.codes[living]] for part, living in zip(slots, rows, strict=True)]
    )
    parts = np.repeat(np.arange(len(slots)), [len(living) for living in rows])
    # Stable: the rows of one owner keep their order.
    order = np.argsort(codes, kind="stable")
    first = np.zeros(owners + 1, dtype=np.int64)
    np.cumsum(np.bincount(codes, minlength=owners), out=first[1:])
    return CompactedGroup(slots, codes[order], first, parts[order], np.concatenate(rows)[order])
