"""Steps that both directions of ranking share; `matcher` is the public face."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.constraints import FactCheck
from matching.documents import NeedDocument, PersonDocument
from matching.index import VectorIndex
from matching.scoring import TextScore, total_score
from matching.similarity import Similarity
from matching.skills import SkillReport, report_skills
from matching.vectors import Float32, ItemVectors

# Differences below this are rounding, and rounding must not decide who stands first.
TIE = 1e-4
# The most rows asked of the index for one query; beyond it everybody is scored exactly.
MAX_ROWS = 20_000


@dataclass(frozen=True)
class Pair:
    """A person and a need that may match, with all that scoring found."""

    id: str
    need: NeedDocument
    person: PersonDocument
    need_vectors: ItemVectors
    person_vectors: ItemVectors
    text: TextScore
    facts: FactCheck
    skills: SkillReport

    @property
    def score(self) -> float:
        return total_score(self.text, self.skills)


def make_pair(
    owner: str,
    need: tuple[NeedDocument, ItemVectors],
    person: tuple[PersonDocument, ItemVectors],
    *,
    text: TextScore,
    facts: FactCheck,
    similarity: Similarity,
) -> Pair:
    """Put a pair together and compare its skills."""
    skills = report_skills(need[0], person[0], similarity, need[1], person[1])
    return Pair(owner, need[0], person[0], need[1], person[1], text, facts, skills)


def barred_by(
    checks: Mapping[str, FactCheck], excluded: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return the exclusion codes of everyone who may not match, the caller's code first."""
    barred: dict[str, tuple[str, ...]] = {}
    for owner, check in checks.items():
        codes = tuple(str(code) for code in check.exclusions)
        if owner in excluded:
            codes = (str(excluded[owner]), *codes)
        if codes:
            barred[owner] = codes
    return barred


def nearest_owners(
    index: VectorIndex, queries: Float32, allowed: Sequence[str], wanted: int | None
) -> list[str]:
    """Return at least *wanted* of the *allowed* owners whose passages lie nearest to *queries*.

    Fewer than that, or None wanted, returns all: everyone is then scored exactly.
    """
    if wanted is None or len(allowed) <= wanted or not len(queries):
        return list(allowed)
    rows = wanted * 4
    while rows <= MAX_ROWS:
        hits = index.search(queries, rows, allowed)
        found = dict.fromkeys(hit.owner for hits_of_one in hits for hit in hits_of_one)
        if len(found) >= wanted:
            return list(found)
        if all(len(hits_of_one) < rows for hits_of_one in hits):
            return list(found)
        rows *= 4
    return list(allowed)


def in_order(pairs: Iterable[Pair], day: date | None) -> list[Pair]:
    """Sort by score; equal scores stand in an order that changes with the day."""
    turn = rotation(day)
    return sorted(pairs, key=lambda pair: (-round(pair.score / TIE), turn(pair.id)))


def rotation(day: date | None) -> Callable[[str], bytes]:
    """Return a key that puts ids into an order fixed for *day* and different on the next."""
    salt = day.isoformat() if day else ""
    return lambda owner: hashlib.blake2b(f"{salt}\0{owner}".encode(), digest_size=8).digest()


def together(stored: ItemVectors | None, passages: ItemVectors) -> ItemVectors:
    """Return stored vectors of an owner with the *passages* that the index holds of them."""
    if stored is None or not stored.items:
        return passages
    missing = [at for at, item in enumerate(passages.items) if item not in stored]
    if not missing:
        return stored
    items = (*stored.items, *(passages.items[at] for at in missing))
    return ItemVectors(items, np.concatenate([stored.vectors, passages.vectors[missing]]))
