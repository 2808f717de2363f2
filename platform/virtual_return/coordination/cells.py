"""Groups of people as they may be published: none smaller than ten, and none to be worked out.

What is too small is never dropped, since the total would give it away; it is taken together until
there are enough. If one group alone is too small, the next smallest goes with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MINIMUM = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One group, or several taken together."""

    # Codes of what is in it; empty for what was not said.
    keys: tuple[str, ...]
    people: int
    times_shown: int
    exposure: float

    @property
    def is_merged(self) -> bool:
        return len(self.keys) > 1


def cell(key: str, people: int, times_shown: int = 0, exposure: float = 0.0) -> Cell:
    """Return a group of one code."""
    return Cell((key,), people, times_shown, exposure)


def protected(cells: Iterable[Cell], minimum: int = MINIMUM) -> tuple[Cell, ...]:
    """Return cells of at least *minimum* people each, largest first; none where all are fewer.

    The result holds everybody, so sums stay what they are. The small ones are one cell, last.
    """
    rising = sorted(cells, key=lambda one: (one.people, one.keys))
    if sum(one.people for one in rising) < minimum:
        return ()
    together: list[Cell] = []
    while rising and (
        rising[0].people < minimum or (together and sum(c.people for c in together) < minimum)
    ):
        together.append(rising.pop(0))
    kept = tuple(reversed(rising))
    return (*kept, _merged(together)) if together else kept


def protected_within(
    parts: Iterable[Cell], wholes: Iterable[Cell], whole_of: Mapping[str, str]
) -> tuple[tuple[Cell, Cell], ...]:
    """Return parts beside the whole that each is in, protected within it.

    A part that is published next to the whole that holds it could be subtracted from it: parts
    are taken together only inside the wholes as these are published.
    """
    home = {key: whole for whole in wholes for key in whole.keys}
    inside: defaultdict[Cell, list[Cell]] = defaultdict(list)
    for part in parts:
        whole = home.get(whole_of[part.keys[0]])
        if whole is not None:
            inside[whole].append(part)
    return tuple((part, whole) for whole in inside for part in protected(inside[whole]))


def _merged(cells: list[Cell]) -> Cell:
    return Cell(
        tuple(sorted(key for one in cells for key in one.keys)),
        sum(one.people for one in cells),
        sum(one.times_shown for one in cells),
        sum(one.exposure for one in cells),
    )
