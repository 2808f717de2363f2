"""Who is left out of a list and why, for everybody in one array of bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.constraints import CODE_ORDER
from matching.facts import ExclusionCode

Bits = NDArray[np.uint32]
Mask = NDArray[np.bool_]
BIT_OF = {code: np.uint32(1 << place) for place, code in enumerate(CODE_ORDER)}


class Exclusions(Mapping[str, tuple[str, ...]]):
    """Codes by id of everybody who was left out: the caller's code first, then as found.

    A mapping that makes its values when asked, so that a hundred thousand people who were left
    out cost two arrays. Counts are made from the arrays.
    """

    def __init__(
        self,
        owners: Sequence[str],
        slots: Mapping[str, int],
        bits: Bits,
        counted: Mask,
        *,
        called: Mapping[str, str],
        called_slots: NDArray[np.int64],
    ) -> None:
        """Keep *bits* [rows] of the facts of *owners*; *counted* are those whom the list is about.

        *called* are the caller's own codes, of ids that are counted, and *called_slots* their rows.
        """
        self._owners = owners
        self._slots = slots
        self._bits = bits
        self._counted = counted
        self._called = called
        self._called_slots = called_slots

    def __getitem__(self, owner: str) -> tuple[str, ...]:
        slot = self._slots.get(owner, -1)
        if not 0 <= slot < len(self._bits) or not self._counted[slot]:
            raise KeyError(owner)
        codes = tuple(str(code) for code in codes_in(int(self._bits[slot])))
        if owner in self._called:
            return (self._called[owner], *codes)
        if not codes:
            raise KeyError(owner)
        return codes

    def __iter__(self) -> Iterator[str]:
        return (self._owners[slot] for slot in np.flatnonzero(self._is_out()).tolist())

    def __len__(self) -> int:
        return int(np.count_nonzero(self._is_out()))

    def __repr__(self) -> str:
        return f"Exclusions({dict(self.counts)})"

    @property
    def counts(self) -> Counter[str]:
        """How many were left out by each code; somebody with two codes counts under both."""
        found = Counter(self._called.values())
        bits = self._bits[self._counted]
        for code in codes_in(int(np.bitwise_or.reduce(bits, initial=np.uint32(0)))):
            found[str(code)] += int(np.count_nonzero(bits & BIT_OF[code]))
        return found

    def first_counts(self, silent: Collection[str] = ()) -> Counter[str]:
        """Count each person once, under the first code; nobody who has one of *silent* codes."""
        quiet = frozenset(silent)
        bits, own = self._bits[self._counted & ~self._is_called()], Counter[str]()
        hidden = np.uint32(sum(int(BIT_OF[code]) for code in CODE_ORDER if code in quiet))
        left = bits[(bits != 0) & ((bits & hidden) == 0)]
        for code in CODE_ORDER:
            if not len(left):
                break
            has = (left & BIT_OF[code]) != 0
            if number := int(np.count_nonzero(has)):
                own[str(code)] = number
                left = left[~has]
        for owner, called in self._called.items():
            if quiet.isdisjoint(self[owner]):
                own[called] += 1
        return own

    def sole(self, code: ExclusionCode) -> list[str]:
        """Return who is left out by this fact alone: nothing else stands in the way."""
        alone = self._counted & ~self._is_called() & (self._bits == BIT_OF[code])
        return [self._owners[slot] for slot in np.flatnonzero(alone).tolist()]

    @property
    def sole_counts(self) -> Counter[str]:
        """How many are left out by each fact alone."""
        bits = self._bits[self._counted & ~self._is_called()]
        numbers = ((code, int(np.count_nonzero(bits == BIT_OF[code]))) for code in CODE_ORDER)
        return Counter({str(code): number for code, number in numbers if number})

    def _is_out(self) -> Mask:
        out: Mask = self._counted & ((self._bits != 0) | self._is_called())
        return out

    def _is_called(self) -> Mask:
        called = np.zeros(len(self._bits), dtype=np.bool_)
        called[self._called_slots] = True
        return called


def codes_in(bits: int) -> tuple[ExclusionCode, ...]:
    """Return the codes whose bits are set, in the order in which they are told."""
    return tuple(code for code in CODE_ORDER if bits & int(BIT_OF[code]))
