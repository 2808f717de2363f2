"""One hand that writes the whole programme: it draws, deals fairly and never repeats itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")
ATTEMPTS = 200


class Author:
    """Holds the only source of chance, and remembers what was dealt and written."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - the same programme every time is the point.
        self._decks: dict[Hashable, list[object]] = {}
        self._written: set[Hashable] = set()

    def deal(self, key: Hashable, items: Sequence[Item]) -> Item:
        """Return an item of a shuffled deck; none comes again before all have come."""
        deck: list[object] = self._decks.setdefault(key, [])
        if not deck:
            deck.extend(self.random.sample(list(items), len(items)))
        item: Item = deck.pop()  # type: ignore[assignment]
        return item

    def distinct(self, write: Callable[[], Item], key: Callable[[Item], Hashable]) -> Item:
        """Write until the key is one that was not there before."""
        for _ in range(ATTEMPTS):
            text = write()
            if key(text) not in self._written:
                self._written.add(key(text))
                return text
        raise RuntimeError(f"Nothing new in {ATTEMPTS} attempts: add building blocks.")

    def release(self, keys: Iterable[Hashable]) -> None:
        """Forget what stood in a draft that was thrown away."""
        self._written.difference_update(keys)

    def claim(self, keys: Iterable[Hashable]) -> None:
        """Remember what stands in the draft that was kept."""
        self._written.update(keys)

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.random.random() < probability

    def weighted(self, choices: dict[Item, float]) -> Item:
        """Return a key with a probability in proportion to its value."""
        return self.random.choices(list(choices), weights=list(choices.values()))[0]

    def some(self, items: Sequence[Item], least: int, most: int) -> tuple[Item, ...]:
        """Return some items in a random order."""
        count = self.random.randint(least, min(most, len(items)))
        return tuple(self.random.sample(list(items), count))
