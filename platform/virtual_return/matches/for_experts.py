"""Rank open needs for a person: the mirror of `people`, from the same score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, not_
from sqlalchemy.orm import Session

from matching.documents import PersonDocument
from matching.facts import ExclusionCode
from matching.matcher import Match, Matcher
from models import Expert, Need, now
from models.choices import OwnerKind
from virtual_return.experts import privacy
from virtual_return.matches import embeddings, health, queries
from virtual_return.matches.documents import person_document
from virtual_return.matches.fact_tables import FactTables
from virtual_return.matches.hard_facts import person_facts
from virtual_return.matches.indexes import IndexReader, Served
from virtual_return.matches.pools import NeedRows
from virtual_return.matches.results import (
    ASKED_ALREADY,
    Listing,
    NeedList,
    NeedMatch,
    band_of,
    reasons_of,
)
from virtual_return.needs import queries as needs

EXAMINED = 100
# Needs that this person may not be shown are counted under no reason at all.
SILENT = frozenset({ExclusionCode.CLOSED})


@dataclass(frozen=True)
class NeedRanker:
    """Ranks in one session, through the generation that is published now."""

    session: Session
    reader: IndexReader
    tables: FactTables

    def for_expert(self, expert: Expert, limit: int) -> NeedList:
        """Return the best open needs for a person, and how many hard facts left out."""
        served = self.reader.current(OwnerKind.NEED)
        document = self._document(expert)
        if served is None or not document.passages:
            return NeedList((), Listing(is_waiting=served is None, made_at=now()))
        vectors = embeddings.read_items(
            self.session, OwnerKind.EXPERT, {expert.id: document}, served.encoder
        )[str(expert.id)]
        if not vectors.starting_with("passage:").items:
            return NeedList((), Listing(is_waiting=True, made_at=now()))
        pool = NeedRows(
            self.session, self.tables.needs(self.session), _open_to(expert), served.encoder
        )
        found = Matcher(examined=EXAMINED).rank_needs(
            document,
            vectors,
            served.index,
            pool,
            excluded=self._barred(expert),
            limit=limit,
            day=now().date(),
        )
        return NeedList(
            matches=tuple(_need(match, pool, served) for match in found.matches),
            listing=Listing(
                excluded=dict(found.excluded.first_counts(SILENT)),
                considered=found.considered,
                is_behind=self._is_behind(expert, document, served),
                made_at=now(),
            ),
        )

    def _document(self, expert: Expert) -> PersonDocument:
        options = (*queries.EXPERT_TEXTS, *queries.EXPERT_FACTS)
        loaded = queries.experts(self.session, [expert.id], *options)[expert.id]
        taken = queries.places_taken(self.session, [expert.id])
        facts = person_facts(loaded, taken.get(expert.id, 0))
        return person_document(loaded, facts)

    def _is_behind(self, expert: Expert, document: PersonDocument, served: Served) -> bool:
        lag = health.state_of(self.session).lag
        return lag > 0 or not embeddings.is_current(
            self.session, OwnerKind.EXPERT, expert.id, document, served.encoder
        )

    def _barred(self, expert: Expert) -> Mapping[str, str]:
        """Return which needs are left out for what the database alone knows, as it stands now."""
        travel = queries.travelling_nowhere(self.session)
        in_touch = queries.needs_in_touch(self.session, expert.id)
        hidden = queries.needs_not_open_to(self.session, expert)
        return (
            {str(id): ExclusionCode.COUNTRY_STATUS.value for id in travel}
            | {str(id): ASKED_ALREADY for id in in_touch}
            | {str(id): ExclusionCode.CLOSED.value for id in hidden}
        )


def _open_to(expert: Expert) -> Select[int]:
    """Select the needs that this person may be shown."""
    open_ids = needs.open_needs().with_only_columns(Need.id)
    return open_ids.where(not_(privacy.needs_hidden_from(expert)))


def _need(match: Match, pool: NeedRows, served: Served) -> NeedMatch:
    return NeedMatch(
        need=pool.needs[int(match.id)],
        rank=match.rank,
        score=match.score,
        band=band_of(match),
        # A person may read all of their own profile.
        reasons=reasons_of(match, lambda sentence: sentence.text),
        generation=str(served.number),
    )
