"""Rank people for a need, live: consent is read at every request, vectors were made before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matching.documents import NeedDocument
from matching.facts import ExclusionCode
from matching.matcher import Match, Matcher, MatchList
from matching.ranking import nearest_owners
from matching.reasons import Sentence
from matching.vectors import ItemVectors
from models import Expert, Need, now
from models.choices import Band, OwnerKind
from virtual_return.experts import privacy
from virtual_return.experts.identifying import identifying, without_identity
from virtual_return.matches import embeddings, health, queries
from virtual_return.matches.documents import need_document, quotable_passages
from virtual_return.matches.indexes import IndexReader, Served
from virtual_return.matches.pools import PeopleRows
from virtual_return.matches.results import (
    ASKED_ALREADY,
    Listing,
    PeopleList,
    PersonMatch,
    Reasons,
    band_of,
    reasons_of,
)
from virtual_return.security import seal

# People whose facts are read for one list: the nearest. Beyond them nobody would look.
CONSIDERED = 500
# People of these who are scored exactly, with their texts and skills.
EXAMINED = 100


@dataclass(frozen=True)
class PeopleRanker:
    """Ranks in one session, through the generation that is published now."""

    session: Session
    reader: IndexReader
    secret_key: str

    def for_need(self, need: Need, limit: int) -> PeopleList:
        """Return the best people for an open need, and how many hard facts left out."""
        served = self.reader.current(OwnerKind.EXPERT)
        state = health.state_of(self.session)
        document = need_document(need)
        vectors = self._vectors(need, document, served)
        if served is None or vectors is None:
            return PeopleList((), Listing(is_waiting=True, made_at=now()))
        pool = PeopleRows(
            self.session, self._visible(need, self._nearest(served, vectors)),
            served.encoder, now().date(),
        )  # fmt: skip
        found = self._rank(
            document, vectors, served, pool, barred=self._barred(need, pool), limit=limit
        )
        return PeopleList(
            matches=tuple(self._person(need, match, pool, served) for match in found.matches),
            listing=Listing(
                excluded=dict(Counter(codes[0] for codes in found.excluded.values())),
                considered=found.considered,
                is_behind=state.lag > 0 or not self._is_current(need, document, served),
                made_at=now(),
            ),
        )

    def one(self, need: Need, expert_id: int) -> PersonMatch | None:
        """Return one person for a need; None for whom the institution may not see or a fact bars.

        While the index cannot tell, the person is shown with what they approved and no reasons.
        """
        served = self.reader.current(OwnerKind.EXPERT)
        document = need_document(need)
        vectors = self._vectors(need, document, served)
        visible = self._visible(need, [expert_id])
        if not visible:
            return None
        if served is None or vectors is None or str(expert_id) not in served.index:
            return self._unranked(need, expert_id)
        pool = PeopleRows(self.session, visible, served.encoder, now().date())
        found = self._rank(document, vectors, served, pool, barred={}, limit=1)
        return next((self._person(need, match, pool, served) for match in found.matches), None)

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

    def _nearest(self, served: Served, vectors: ItemVectors) -> list[int]:
        passages = vectors.starting_with("passage:").vectors
        index = served.index
        return queries.ids_of(nearest_owners(index, passages, index.owners(), CONSIDERED))

    def _visible(self, need: Need, ids: Collection[int]) -> set[int]:
        """Return who may be seen; the others vanish without being counted."""
        return queries.among(self.session, privacy.visible_for_need(need), ids)

    def _barred(self, need: Need, pool: PeopleRows) -> dict[str, str]:
        """Return who is left out for what only the database knows."""
        pool.facts()
        full = queries.invitations_full(self.session, pool.experts.values())
        barred = {str(id): ExclusionCode.INVITATION_LIMIT.value for id in full}
        asked = queries.asked_already(self.session, need.id)
        return barred | {str(id): ASKED_ALREADY for id in asked}

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
        return PersonMatch(
            expert_id=expert.id,
            handle=self._handle(need, expert),
            rank=match.rank,
            score=match.score,
            band=band_of(match),
            reasons=reasons_of(match, Quotable(expert).quote),
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
