"""The rows of one group: a sealed part that was saved, and an open one for what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.accelerator import Accelerator
from matching.planner import search_slots
from matching.scan import Rows
from matching.slots import Codes, Mask, Slots
from matching.training import train
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
    ) -> list[tuple[Slots, Float32, Rows]]:
        """Return for each part scores and rows [queries, up to k]; a row of -1 is none."""
        answers = []
        for slots in self.parts():
            accelerator = self.accelerator if slots is self.sealed else None
            found = search_slots(slots, accelerator, queries, k, allowed, exact=exact)
            answers.append((slots, *found))
        return answers

    def accelerate(self) -> None:
        """Train lists over what is sealed; where nothing is, what is open is sealed first."""
        if self.sealed is None:
            self.open.seal()
            self.sealed, self.open = self.open, Slots(self.dimension)
        self.accelerator = train(self.sealed.vectors, self.accelerator)

    def fork(self) -> Group:
        copy = Group(self.dimension, None if self.sealed is None else self.sealed.fork())
        copy.open, copy.accelerator = self.open.fork(), self.accelerator
        return copy

    def live_codes(self) -> list[Codes]:
        """Return the owner numbers of the live rows, part by part."""
        return [slots.codes[slots.live_rows()] for slots in self.parts()]
