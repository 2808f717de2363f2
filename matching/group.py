"""The rows of one group: a sealed part that was saved, and an open one for what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.accelerator import Accelerator
from matching.planner import search_slots
from matching.scan import Best
from matching.slots import Codes, Mask, Slots
from matching.vectors import Float32


class Group:
    """Slots that answer to the same probe."""

    def __init__(self, dimension: int, sealed: Slots | None = None) -> None:
        self.dimension = dimension
        self.sealed = sealed
        self.open = Slots(dimension)
        # Over the sealed part.
        self.accelerator: Accelerator | None = None

    def parts(self) -> Iterator[Slots]:
        """Return the parts that have slots."""
        if self.sealed is not None and self.sealed.count:
            yield self.sealed
        if self.open.count:
            yield self.open

    def rows_of(self, code: int) -> Iterator[tuple[Slots, Sequence[int]]]:
        """Return the live rows of one owner, part by part."""
        for slots in self.parts():
            if rows := slots.rows_of(code):
                yield slots, rows

    @property
    def live_count(self) -> int:
        return sum(slots.live_count for slots in self.parts())

    def add(self, code: int, items: Sequence[str], vectors: Float32) -> None:
        self.open.add(code, items, vectors)

    def bury(self, code: int) -> bool:
        """Let all rows of an owner die; return whether there were any."""
        return sum(slots.bury(code) for slots in self.parts()) > 0

    def search(
        self, queries: Float32, k: int, allowed: Mask | None, *, exact: bool
    ) -> list[tuple[Slots, list[Best]]]:
        """Return for each part the *k* best rows of each query, or all that there are."""
        usable = None if exact else self.accelerator
        return [
            (slots, search_slots(slots, usable if slots.is_sealed else None, queries, k, allowed))
            for slots in self.parts()
        ]

    def fork(self) -> Group:
        copy = Group(self.dimension, None if self.sealed is None else self.sealed.fork())
        copy.open, copy.accelerator = self.open.fork(), self.accelerator
        return copy

    def live_codes(self) -> list[Codes]:
        """Return the owner numbers of the live rows, part by part."""
        return [slots.codes[slots.live_rows()] for slots in self.parts()]
