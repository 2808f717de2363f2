"""Who passes all hard facts of one request, and who does not: what a list starts from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.exclusions import BIT_OF, Bits, Exclusions, Mask
from matching.facts import ExclusionCode

# Numbers of owners in an index, int64; -1 for none.
Numbers = NDArray[np.int64]


@dataclass
class Screen:
    """One request's answer over all rows of a fact table; it does not change with the table.

    `bits` are the codes found for each row, `numbers` those of the rows in the index (-1: not
    there, and the list is not about them), `called` what the caller bars by id.
    """

    owners: Sequence[str]
    slots: Mapping[str, int]
    bits: Bits
    numbers: Numbers
    called: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counted = self.numbers >= 0
        self.called = {owner: str(code) for owner, code in self.called.items() if self._has(owner)}
        self._passing = self.counted & (self.bits == 0)
        self._called_slots = np.fromiter(
            (self.slots[owner] for owner in self.called), dtype=np.int64, count=len(self.called)
        )
        self._passing[self._called_slots] = False

    @property
    def count(self) -> int:
        """How many pass everything."""
        return int(np.count_nonzero(self._passing))

    def ids(self) -> list[str]:
        """Return who passes everything; made for few, since each becomes an object."""
        return [self.owners[slot] for slot in np.flatnonzero(self._passing).tolist()]

    def mask(self, size: int) -> Mask:
        """Return who passes as a mask over the owner numbers of an index, bool [size]."""
        mask = np.zeros(size, dtype=np.bool_)
        mask[self.numbers[self._passing]] = True
        return mask

    def restate(self, owner: str, codes: Iterable[ExclusionCode]) -> None:
        """Replace what was found for *owner* by what fresher facts say."""
        slot = self.slots.get(owner)
        if slot is None or slot >= len(self.bits):
            # Left the table since; whoever makes the list does not find them any more either.
            return
        self.bits[slot] = sum(int(BIT_OF[code]) for code in codes)
        self._passing[slot] = self.bits[slot] == 0 and owner not in self.called

    def forget(self, owner: str) -> None:
        """Take *owner* out of the list without a code, as somebody who is not there."""
        slot = self.slots.get(owner)
        if slot is not None and slot < len(self.bits):
            self.counted[slot] = self._passing[slot] = False

    @property
    def excluded(self) -> Exclusions:
        """Everybody who does not pass, with codes."""
        return Exclusions(
            self.owners,
            self.slots,
            self.bits,
            self.counted,
            called=self.called,
            called_slots=self._called_slots,
        )

    def _has(self, owner: str) -> bool:
        slot = self.slots.get(owner, -1)
        return 0 <= slot < len(self.counted) and bool(self.counted[slot])
