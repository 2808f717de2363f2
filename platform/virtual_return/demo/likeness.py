"""How much a text repeats others: the share of its runs of five words that another has too."""

from __future__ import annotations

from collections import Counter, defaultdict

RUN = 5
Runs = frozenset[tuple[str, ...]]


def runs(text: str) -> Runs:
    """Return all runs of five words."""
    words = text.split()
    return frozenset(tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def shared(one: Runs, other: Runs) -> float:
    """Return the share of the shorter text's runs that the longer has too."""
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0


class Archive:
    """Remembers texts by their runs, and tells how near a new one comes to any of them."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)

    def nearest(self, text: str) -> float:
        """Return the largest share of runs with a kept text."""
        new = runs(text)
        common = Counter(number for run in new for number in self._holders.get(run, ()))
        shares = (count / min(len(new), self._sizes[number]) for number, count in common.items())
        return max(shares, default=0.0)

    def keep(self, text: str) -> None:
        """Remember a text."""
        new = runs(text)
        for run in new:
            self._holders[run].append(len(self._sizes))
        self._sizes.append(len(new))
