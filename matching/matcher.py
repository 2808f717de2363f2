"""Rank people for a need, and needs for a person, with the reasons for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from matching.bands import Band, BandLimit, band_of
from matching.constraints import check_facts
from matching.documents import NeedDocument, NeedPool, PeoplePool, PersonDocument
from matching.facts import FactResult
from matching.index import VectorIndex
from matching.ranking import Pair, barred_by, in_order, make_pair, nearest_owners, together
from matching.reasons import SentencePair, explain
from matching.scoring import ItemScore, score_needs, score_people
from matching.similarity import Similarity
from matching.skills import SkillReport
from matching.vectors import ItemVectors

DEFAULT_LIMIT = 50


@dataclass(frozen=True)
class Match:
    """One person or need in a list, with all that a page prints about it.

    `score` orders and is not for showing; `band` is. `limits` says what keeps the band from
    being higher; `items` are the passages of the person that scored, best first.
    """

    id: str
    rank: int
    score: float
    band: Band
    limits: tuple[BandLimit, ...]
    items: tuple[ItemScore, ...]
    skills: SkillReport
    facts: tuple[FactResult, ...]
    pairs: tuple[SentencePair, ...]


@dataclass(frozen=True)
class MatchList:
    """Matches, best first, and everybody who was excluded.

    `excluded` maps ids to exclusion codes, the caller's code first; `considered` is how many
    passed all constraints, whether or not they are among `matches`.
    """

    matches: tuple[Match, ...]
    excluded: Mapping[str, tuple[str, ...]]
    considered: int

    @property
    def excluded_counts(self) -> Counter[str]:
        """How many were excluded by each code; somebody with two codes counts under both."""
        return Counter(code for codes in self.excluded.values() for code in codes)


@dataclass(frozen=True)
class Matcher:
    """Ranks through an index. Holds settings only and may be shared between threads.

    At least `examined` people are scored exactly for a list, however short it is to be; with
    `explains` False the sentence pairs are left out, which an evaluation does not need.
    """

    examined: int = 200
    explains: bool = True

    def rank_people(
        self,
        need: NeedDocument,
        need_vectors: ItemVectors,
        index: VectorIndex,
        people: PeoplePool,
        *,
        excluded: Mapping[str, str] | None = None,
        limit: int | None = DEFAULT_LIMIT,
        day: date | None = None,
    ) -> MatchList:
        """Rank the people of *index* for *need*.

        *need_vectors* are those of `embedding_plan(need)`. *excluded* maps ids to codes of what
        only the caller knows (hidden, blocked, declined). *limit* None ranks everybody. Equal
        scores rotate by *day*. People without a row in the index are not considered.
        """
        known = {owner: facts for owner, facts in people.facts().items() if owner in index}
        checks = {owner: check_facts(need.facts, facts) for owner, facts in known.items()}
        barred = barred_by(checks, excluded or {})
        allowed = [owner for owner in checks if owner not in barred]
        passages = need_vectors.starting_with("passage:").vectors
        near = nearest_owners(index, passages, allowed, self._wanted(limit))
        rows = {owner: index.rows_of(owner) for owner in near}
        texts = score_people(index.similarity, passages, rows)
        stored = people.vectors(near) if need.must_have or need.useful else {}
        pairs = [
            make_pair(
                owner,
                (need, need_vectors),
                (person, together(stored.get(owner), rows[owner])),
                text=texts[owner],
                facts=checks[owner],
                similarity=index.similarity,
            )
            for owner, person in people.documents(near).items()
        ]
        best = in_order(pairs, day)[:limit]
        best = best if stored or not self.explains else _with_people_vectors(best, people)
        return MatchList(self._matches(best, index.similarity), barred, len(allowed))

    def rank_needs(
        self,
        person: PersonDocument,
        person_vectors: ItemVectors,
        index: VectorIndex,
        needs: NeedPool,
        *,
        excluded: Mapping[str, str] | None = None,
        limit: int | None = DEFAULT_LIMIT,
        day: date | None = None,
    ) -> MatchList:
        """Rank the needs of *index* for *person*: the mirror of `rank_people`, the same score.

        *person_vectors* are those of `embedding_plan(person)`; the other arguments are as there.
        """
        known = {owner: facts for owner, facts in needs.facts().items() if owner in index}
        checks = {owner: check_facts(facts, person.facts) for owner, facts in known.items()}
        barred = barred_by(checks, excluded or {})
        allowed = [owner for owner in checks if owner not in barred]
        passages = person_vectors.starting_with("passage:")
        near = nearest_owners(index, passages.vectors, allowed, self._wanted(limit))
        rows = {owner: index.rows_of(owner) for owner in near}
        texts = score_needs(index.similarity, rows, passages)
        stored = needs.vectors(near)
        pairs = [
            make_pair(
                owner,
                (need, together(stored.get(owner), rows[owner])),
                (person, person_vectors),
                text=texts[owner],
                facts=checks[owner],
                similarity=index.similarity,
            )
            for owner, need in needs.documents(near).items()
        ]
        best = in_order(pairs, day)[:limit]
        return MatchList(self._matches(best, index.similarity), barred, len(allowed))

    def _wanted(self, limit: int | None) -> int | None:
        return None if limit is None else max(4 * limit, self.examined)

    def _matches(self, pairs: list[Pair], similarity: Similarity) -> tuple[Match, ...]:
        return tuple(self._match(n, pair, similarity) for n, pair in enumerate(pairs, start=1))

    def _match(self, rank: int, pair: Pair, similarity: Similarity) -> Match:
        band, limits = band_of(pair.text.value, pair.person, pair.skills, pair.facts)
        reasons = (
            explain(
                (pair.need, pair.need_vectors),
                (pair.person, pair.person_vectors),
                pair.text,
                similarity,
            )
            if self.explains
            else ()
        )
        return Match(
            id=pair.id,
            rank=rank,
            score=pair.score,
            band=band,
            limits=limits,
            items=pair.text.items,
            skills=pair.skills,
            facts=pair.facts.results,
            pairs=reasons,
        )


def _with_people_vectors(pairs: list[Pair], people: PeoplePool) -> list[Pair]:
    """Fetch the sentence vectors of those who will be shown, where ranking did not need them."""
    stored = people.vectors([pair.id for pair in pairs])
    return [
        replace(pair, person_vectors=together(stored.get(pair.id), pair.person_vectors))
        for pair in pairs
    ]
