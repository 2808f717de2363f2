"""Steps that both directions of ranking share; `matcher` is the public face."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

import numpy as np

from matching.constraints import UNCHECKED, FactCheck, check_facts
from matching.documents import NeedDocument, PersonDocument
from matching.index import VectorIndex
from matching.lexical import NO_LEXICAL_SCORE, LexicalScore
from matching.scoring import TOP_ITEMS, TextScore, total_score
from matching.screen import Numbers, Screen
from matching.skills import SkillReport
from matching.soft_fit import NO_SOFT_FIT, SoftFit
from matching.vectors import Float32, ItemVectors

DocumentT = TypeVar("DocumentT", NeedDocument, PersonDocument)

# Differences below this are rounding, and rounding must not decide who stands first.
TIE = 1e-4
# Rows asked of the index for each owner wanted, and how they grow when too few owners have them.
ROWS_EACH = 4
GROWTH = 4
# The most rows asked of the index for one query; beyond it everybody is scored exactly.
MAX_ROWS = 20_000


class Stored(Protocol):
    """Where vectors of skills and sentences are, as a pool has them."""

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]: ...


@dataclass(frozen=True)
class Pair:
    """A person and a need that may match, with all that scoring found."""

    id: str
    need: NeedDocument
    person: PersonDocument
    need_vectors: ItemVectors
    person_vectors: ItemVectors
    text: TextScore
    skills: SkillReport
    lexical: LexicalScore = NO_LEXICAL_SCORE
    soft: SoftFit = NO_SOFT_FIT
    # Checked of those who are shown.
    facts: FactCheck = UNCHECKED

    @property
    def score(self) -> float:
        return total_score(self.text, self.skills, self.lexical, self.soft)


def nearest_owners(
    index: VectorIndex, queries: Float32, screen: Screen, wanted: int | None
) -> list[str]:
    """Return those who pass *screen* and whose passages lie nearest to *queries*.

    Half as many again as *wanted*, where so many are found, so that the exact score of all their
    passages may still change the order. When fewer than *wanted* pass, or None is wanted, all.
    """
    if wanted is None or screen.count <= wanted or not len(queries):
        return screen.ids()
    allowed = screen.mask(index.owner_count)
    rows = wanted * ROWS_EACH
    while rows <= MAX_ROWS:
        found = index.nearest(queries, rows, allowed)
        numbers, scores = _summed(found)
        if len(numbers) >= wanted or all(len(own) < rows for own, _ in found):
            best = np.argsort(-scores, kind="stable")[: wanted * 3 // 2]
            return [index.owner_at(number) for number in numbers[best].tolist()]
        rows *= GROWTH
    return screen.ids()


def _summed(found: Sequence[tuple[Float32, Numbers]]) -> tuple[Numbers, Float32]:
    """Return the owners found and, for each, the best rows over all queries taken together.

    Of each owner the best three rows a query count, by what they have above the last that the
    query found: a row that was not found has no more than that one.
    """
    owners = np.concatenate([numbers for _, numbers in found])
    above = np.concatenate([own - own.min(initial=np.inf) for own, _ in found])
    query = np.repeat(np.arange(len(found)), [len(own) for own, _ in found])
    order = np.lexsort((-above, query, owners))
    group = owners[order] * len(found) + query[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    place = np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group)))
    numbers, at = np.unique(owners[order], return_inverse=True)
    best = np.where(place < TOP_ITEMS, above[order], 0.0)
    return numbers, np.bincount(at, weights=best, minlength=len(numbers)).astype(np.float32)


@dataclass(frozen=True)
class Cut:
    """How many are to be looked at closely: whoever could still come among the first *limit*.

    At most *examined* are, the best by text; *most* is what can be added to a text's score.
    """

    limit: int | None
    examined: int
    most: float

    def closest(self, texts: Mapping[str, TextScore]) -> list[str]:
        """Return who of *texts* is looked at closely, best first."""
        order = sorted(texts, key=lambda owner: -texts[owner].value)
        if self.limit is None or len(order) <= self.limit:
            return order
        least = texts[order[max(self.limit, 1) - 1]].value - self.most - TIE
        return [owner for owner in order[: self.examined] if texts[owner].value >= least]


def read_closest(
    texts: Mapping[str, TextScore],
    cut: Cut,
    read: Callable[[Sequence[str]], Mapping[str, DocumentT]],
    screen: Screen,
) -> dict[str, DocumentT]:
    """Read the documents of those who are looked at closely.

    Whoever is not there any more makes room for the next.
    """
    left, kept, seen = dict(texts), dict[str, DocumentT](), set[str]()
    while new := [owner for owner in cut.closest(left) if owner not in seen]:
        seen.update(new)
        documents = read(new)
        for owner in new:
            if owner in documents:
                kept[owner] = documents[owner]
            else:
                screen.forget(owner)
                del left[owner]
    return kept


def confirmed(
    ordered: Iterable[Pair], screen: Screen, day: date | None, limit: int | None
) -> list[Pair]:
    """Return the first *limit* pairs whose facts hold by what both sides say now.

    The table said so of all; whoever changed since makes room for the next.
    """
    kept: list[Pair] = []
    for pair in ordered:
        if limit is not None and len(kept) >= limit:
            break
        facts = check_facts(pair.need.facts, pair.person.facts, day)
        if facts.exclusions:
            screen.restate(pair.id, facts.exclusions)
        else:
            kept.append(replace(pair, facts=facts))
    return kept


def in_order(pairs: Iterable[Pair], day: date | None) -> list[Pair]:
    """Sort by score; equal scores stand in an order that changes with the day."""
    turn = rotation(day)
    return sorted(pairs, key=lambda pair: (-round(pair.score / TIE), turn(pair.id)))


def rotation(day: date | None) -> Callable[[str], bytes]:
    """Return a key that puts ids into an order fixed for *day* and different on the next."""
    salt = day.isoformat() if day else ""
    return lambda owner: hashlib.blake2b(f"{salt}\0{owner}".encode(), digest_size=8).digest()


def with_stored(
    rows: Mapping[str, ItemVectors], pool: Stored, ids: Sequence[str]
) -> dict[str, ItemVectors]:
    """Return *rows* of passages with the vectors of skills and sentences that *pool* stores."""
    stored = pool.vectors(ids)
    return {owner: together(stored.get(owner), rows[owner]) for owner in ids}


def together(stored: ItemVectors | None, passages: ItemVectors) -> ItemVectors:
    """Return stored vectors of an owner with the *passages* that the index holds of them."""
    if stored is None or not stored.items:
        return passages
    missing = [at for at, item in enumerate(passages.items) if item not in stored]
    if not missing:
        return stored
    items = (*stored.items, *(passages.items[at] for at in missing))
    return ItemVectors(items, np.concatenate([stored.vectors, passages.vectors[missing]]))
