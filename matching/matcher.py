"""Rank people for a need, and needs for a person, with the reasons for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from matching.bands import POSSIBLE, Band, BandLimit, band_of
from matching.documents import NeedDocument, NeedPool, PeoplePool, PersonDocument, Pool
from matching.exclusions import Exclusions
from matching.fact_table import FactTable
from matching.facts import FactResult
from matching.index import VectorIndex
from matching.lexical import NO_LEXICAL_SCORE, LexicalScore
from matching.near_misses import lacking_one
from matching.ranking import (
    Cut,
    Pair,
    confirmed,
    in_order,
    nearest_owners,
    read_closest,
    with_stored,
)
from matching.reasons import SentencePair, explain_all
from matching.scoring import ItemScore, TextScore
from matching.sides import SPREAD, NeedSide, PersonSide
from matching.similarity import Similarity
from matching.skills import SkillReport
from matching.soft_fit import NO_SOFT_FIT, SoftFit
from matching.stages import Stopwatch
from matching.vectors import Float32, ItemVectors

DEFAULT_LIMIT = 50
# How many are looked at closely for each place of a list (docs/decisions/0031).
DEPTH = 2

# The facts of the side that asks; the documents and facts of the other.
FactsT = TypeVar("FactsT")
DocumentT = TypeVar("DocumentT", NeedDocument, PersonDocument)
TheirFactsT = TypeVar("TheirFactsT")
FactsT_co = TypeVar("FactsT_co", covariant=True)
DocumentT_contra = TypeVar("DocumentT_contra", NeedDocument, PersonDocument, contravariant=True)


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
    lexical: LexicalScore = NO_LEXICAL_SCORE
    soft: SoftFit = NO_SOFT_FIT


@dataclass(frozen=True)
class MatchList:
    """Matches, best first, and everybody who was excluded.

    `excluded` maps ids to exclusion codes, the caller's code first; `considered` is how many
    passed all constraints, whether or not they are among `matches`. `lacking` counts, by must-have,
    those of the examined who lack it alone and whose texts are near enough for a band of possible.
    `seconds` is the time that each stage took.
    """

    matches: tuple[Match, ...]
    excluded: Exclusions
    considered: int
    lacking: Counter[str] = field(default_factory=Counter)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def excluded_counts(self) -> Counter[str]:
        """How many were excluded by each code; somebody with two codes counts under both."""
        return self.excluded.counts


class Side(Protocol[FactsT_co, DocumentT_contra]):
    """Who asks for a list; see `sides`."""

    @property
    def facts(self) -> FactsT_co: ...

    @property
    def asks_for_skills(self) -> bool: ...

    def queries(self, similarity: Similarity, /) -> Float32: ...

    def texts(
        self, similarity: Similarity, rows: Mapping[str, ItemVectors]
    ) -> dict[str, TextScore]: ...

    def pairs(
        self,
        documents: Mapping[str, DocumentT_contra],
        rows: Mapping[str, ItemVectors],
        texts: Mapping[str, TextScore],
        similarity: Similarity,
        /,
    ) -> list[Pair]: ...


class Wish(NamedTuple):
    """What a list is to be like."""

    excluded: Mapping[str, str]
    limit: int | None
    day: date | None


@dataclass(frozen=True)
class Matcher:
    """Ranks through an index. Holds settings only and may be shared between threads.

    About `examined` people, or twice the length of the list, are looked at closely. With
    `explains` False the sentence pairs are left out, which an evaluation does not need.
    """

    examined: int = 100
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
        scores rotate by *day*, from which notice and absence are counted too; without a day
        neither these nor soft facts are looked at. People without a row in the index are not
        considered.
        """
        side = NeedSide(need, need_vectors, day)
        return self._list(side, index, people, Wish(excluded or {}, limit, day))

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
        side = PersonSide(person, person_vectors, day)
        return self._list(side, index, needs, Wish(excluded or {}, limit, day))

    def _list(
        self,
        side: Side[FactsT, DocumentT],
        index: VectorIndex,
        pool: Pool[DocumentT, FactTable[TheirFactsT, FactsT]],
        wish: Wish,
    ) -> MatchList:
        """Rank from either side.

        1. Screen everybody by hard facts. 2. Find those whose passages are near. 3. Score their
        passages. 4. Read whoever may still come among the first. 5. Compare skills. 6. Order, and
        check the facts of the first as they are now. 7. Explain those who are shown.
        """
        watch, similarity = Stopwatch(), index.similarity
        screen = pool.table().screen(side.facts, index, wish.day, wish.excluded)
        watch.lap("filter")
        wanted = None if wish.limit is None else max(DEPTH * wish.limit, self.examined)
        near = nearest_owners(index, side.queries(similarity), screen, wanted)
        watch.lap("search")
        rows = index.rows_of_many(near)
        texts = side.texts(similarity, rows)
        watch.lap("score")
        cut = Cut(wish.limit, wanted or 0, SPREAD)
        kept = read_closest(texts, cut, pool.documents, screen)
        watch.lap("documents")
        if side.asks_for_skills:
            rows = with_stored(rows, pool, list(kept))
            watch.lap("vectors")
        pairs = side.pairs(kept, rows, texts, similarity)
        watch.lap("skills")
        best = confirmed(in_order(pairs, wish.day), screen, wish.day, wish.limit)
        lacking = lacking_one(p.skills for p in pairs if p.text.value >= POSSIBLE)
        watch.lap("order")
        if self.explains and not side.asks_for_skills:
            best = _with_person_vectors(best, with_stored(rows, pool, [pair.id for pair in best]))
            watch.lap("vectors")
        matches = self._matches(best, similarity)
        watch.lap("reasons")
        return MatchList(matches, screen.excluded, screen.count, lacking, watch.seconds)

    def _matches(self, best: list[Pair], similarity: Similarity) -> tuple[Match, ...]:
        reasons = explain_all(best, similarity) if self.explains else ((),) * len(best)
        numbered = enumerate(zip(best, reasons, strict=True), start=1)
        return tuple(_match(rank, pair, pairs) for rank, (pair, pairs) in numbered)


def _match(rank: int, pair: Pair, reasons: tuple[SentencePair, ...]) -> Match:
    band, limits = band_of(pair.text.value, pair.person, pair.skills, pair.facts)
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
        lexical=pair.lexical,
        soft=pair.soft,
    )


def _with_person_vectors(pairs: list[Pair], rows: Mapping[str, ItemVectors]) -> list[Pair]:
    return [replace(pair, person_vectors=rows[pair.id]) for pair in pairs]
