"""Rank people for a need, live: consent is read at every request, vectors were made before."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from matching.documents import NeedDocument
from matching.fact_table import FactTable
from matching.facts import ExclusionCode, NeedFacts, PersonFacts
from matching.matcher import Match, Matcher, MatchList
from matching.people_table import PeopleTable
from matching.reasons import Sentence
from matching.vectors import ItemVectors
from models import Expert, Need, now
from models.choices import Band, OwnerKind
from virtual_return.experts import privacy
from virtual_return.experts.identifying import identifying, without_identity
from virtual_return.matches import embeddings, health, queries, taxonomy
from virtual_return.matches.documents import need_document, quotable_passages
from virtual_return.matches.fact_tables import FactTables
from virtual_return.matches.indexes import IndexReader, Served
from virtual_return.matches.near import Relaxed
from virtual_return.matches.pools import PeopleRows
from virtual_return.matches.results import (
    ASKED_ALREADY,
    FactMiss,
    Listing,
    NearMisses,
    PeopleList,
    PersonMatch,
    Reasons,
    band_of,
    reasons_of,
)
from virtual_return.security import seal

# People who are scored exactly for a list, with their texts and skills.
EXAMINED = 100
# Who is not there for an institution is counted under no reason at all.
SILENT = frozenset(
    {
        ExclusionCode.HIDDEN,
        ExclusionCode.PAUSED,
        ExclusionCode.BLOCKED,
        ExclusionCode.OWN_INSTITUTION,
        ExclusionCode.CONFLICT,
    }
)


@dataclass(frozen=True)
class PeopleRanker:
    """Ranks in one session, through the generation that is published now."""

    session: Session
    reader: IndexReader
    tables: FactTables
    secret_key: str

    def for_need(self, need: Need, limit: int, *, counts_near: bool = False) -> PeopleList:
        """Return the best people for an open need, and how many hard facts left out.

        With *counts_near* also who would fit but for one thing, which a mail has no room for.
        """
        served = self.reader.current(OwnerKind.EXPERT)
        state = health.state_of(self.session)
        document = self._document(need)
        vectors = self._vectors(need, document, served)
        if served is None or vectors is None:
            return PeopleList((), Listing(is_waiting=True, made_at=now()))
        if not need.institution.is_verified:
            return PeopleList((), Listing(made_at=now()))
        pool = self._pool(need, self.tables.people(self.session), served)
        barred = self._barred(need)
        found = self._rank(document, vectors, served, pool, barred=barred, limit=limit)
        near = NearMisses(skills=tuple(found.lacking.most_common()))
        if counts_near:
            relaxed = Relaxed(served.index, pool.table(), barred, now().date())
            alone = found.excluded.sole_counts
            near = replace(near, facts=self._misses(need, relaxed, document, vectors, alone))
        return PeopleList(
            matches=tuple(self._person(need, match, pool, served) for match in found.matches),
            listing=Listing(
                excluded=dict(found.excluded.first_counts(SILENT)),
                considered=found.considered,
                is_behind=state.lag > 0 or not self._is_current(need, document, served),
                made_at=now(),
                near_misses=near,
            ),
        )

    def one(self, need: Need, expert_id: int) -> PersonMatch | None:
        """Return one person for a need; None for whom the institution may not see or a fact bars.

        While the index cannot tell, the person is shown with what they approved and no reasons.
        """
        served = self.reader.current(OwnerKind.EXPERT)
        document = self._document(need)
        vectors = self._vectors(need, document, served)
        if not queries.among(self.session, privacy.visible_for_need(need), [expert_id]):
            return None
        if served is None or vectors is None or str(expert_id) not in served.index:
            return self._unranked(need, expert_id)
        # What bars a person from lists, such as having invitations enough, does not matter here:
        # only the facts that are read now do.
        table = PeopleTable().build({str(expert_id): PersonFacts()})
        pool = self._pool(need, table, served, minds_invitations=False)
        found = self._rank(document, vectors, served, pool, barred={}, limit=1)
        return next((self._person(need, match, pool, served) for match in found.matches), None)

    def _misses(
        self,
        need: Need,
        relaxed: Relaxed,
        document: NeedDocument,
        vectors: ItemVectors,
        codes: Container[str],
    ) -> tuple[FactMiss, ...]:
        """Count among those alone who may be seen now, whatever index and table say."""
        near = [int(owner) for owner in relaxed.near(vectors)]
        visible = queries.among(self.session, privacy.visible_for_need(need), near)
        return relaxed.misses(document.facts, [str(id) for id in sorted(visible)], codes)

    def _document(self, need: Need) -> NeedDocument:
        return need_document(need, taxonomy.entries_of(self.session, [need]))

    def _pool(
        self,
        need: Need,
        table: FactTable[PersonFacts, NeedFacts],
        served: Served,
        *,
        minds_invitations: bool = True,
    ) -> PeopleRows:
        return PeopleRows(
            self.session,
            table,
            privacy.visible_for_need(need),
            served.encoder,
            minds_invitations=minds_invitations,
        )

    def _vectors(
        self, need: Need, document: NeedDocument, served: Served | None
    ) -> ItemVectors | None:
        """Return the need's vectors if its passages have any, of the encoder that is served."""
        if served is None:
            return None
        found = embeddings.read_items(
            self.session, OwnerKind.NEED, {need.id: document}, served.encoder
        )[str(need.id)]
        return found if found.starting_with("passage:").items else None

    def _is_current(self, need: Need, document: NeedDocument, served: Served) -> bool:
        return embeddings.is_current(
            self.session, OwnerKind.NEED, need.id, document, served.encoder
        )

    def _barred(self, need: Need) -> dict[str, str]:
        """Return who is left out for what the database alone knows, as it stands now.

        Blocks and conflicts of interest come last, and so before all that may be counted.
        """
        full = queries.invited_enough(self.session)
        asked = queries.asked_already(self.session, need.id)
        hiding = self.session.scalars(privacy.hiding_from_need(need))
        return (
            {str(id): ExclusionCode.INVITATION_LIMIT.value for id in full}
            | {str(id): ASKED_ALREADY for id in asked}
            | {str(id): ExclusionCode.BLOCKED.value for id in hiding}
        )

    def _rank(
        self,
        document: NeedDocument,
        vectors: ItemVectors,
        served: Served,
        pool: PeopleRows,
        *,
        barred: Mapping[str, str],
        limit: int,
    ) -> MatchList:
        matcher = Matcher(examined=EXAMINED)
        return matcher.rank_people(
            document, vectors, served.index, pool, excluded=barred, limit=limit, day=now().date()
        )

    def _person(self, need: Need, match: Match, pool: PeopleRows, served: Served) -> PersonMatch:
        expert = pool.experts[int(match.id)]
        quotable = Quotable(expert)
        return PersonMatch(
            expert_id=expert.id,
            handle=self._handle(need, expert),
            rank=match.rank,
            score=match.score,
            band=band_of(match),
            reasons=reasons_of(match, quotable.quote, quotable.name),
            profile=privacy.anonymous_view(expert),
            generation=str(served.number),
        )

    def _unranked(self, need: Need, expert_id: int) -> PersonMatch:
        options = (*queries.EXPERT_TEXTS, *queries.EXPERT_FACTS)
        expert = queries.experts(self.session, [expert_id], *options)[expert_id]
        return PersonMatch(
            expert_id=expert.id,
            handle=self._handle(need, expert),
            rank=1,
            score=0.0,
            band=Band.NOT_ENOUGH.value,
            reasons=Reasons(),
            profile=privacy.anonymous_view(expert),
        )

    def _handle(self, need: Need, expert: Expert) -> str:
        return seal(self.secret_key, f"need:{need.id}", expert.id)


class Quotable:
    """What an institution may read of one person's sentences: approved words, without names."""

    def __init__(self, expert: Expert) -> None:
        self._passages = quotable_passages(expert)
        self._known = identifying(expert)

    def quote(self, sentence: Sentence) -> str:
        """Return a sentence, or nothing where its form was not approved."""
        if sentence.passage_id not in self._passages:
            return ""
        return without_identity(sentence.text, self._known)

    def name(self, label: str) -> str:
        """Return what a person calls a skill, without what names them."""
        return without_identity(label, self._known)
