"""The face of matching for other capabilities: lists, one pair, snapshots, health."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.index import VectorIndex
from models import Expert, Institution, MatchSnapshot, Need
from models.choices import Band, OwnerKind
from virtual_return.matches.fact_tables import FactTables
from virtual_return.matches.for_experts import NeedRanker
from virtual_return.matches.grouping import Group, grouped_needs, grouped_people
from virtual_return.matches.health import IndexHealth, state_of
from virtual_return.matches.indexes import IndexReader
from virtual_return.matches.people import PeopleRanker
from virtual_return.matches.results import NeedList, NeedMatch, PeopleList, PersonMatch, Reasons
from virtual_return.services import services

__all__ = [
    "IndexHealth",
    "NeedList",
    "NeedMatch",
    "PeopleList",
    "PersonMatch",
    "Reasons",
    "candidate",
    "fold_needs",
    "fold_people",
    "index_health",
    "list_needs",
    "list_people",
    "needs_for_expert",
    "people_for_need",
    "snapshot",
]

READER = "matches.index_reader"
TABLES = "matches.fact_tables"
_making = threading.Lock()


def list_people(
    session: Session, need: Need, limit: int = 10, *, counts_near: bool = False
) -> PeopleList:
    """Return the best people for a need, anonymous, with how the list was made."""
    return _people(session).for_need(need, limit, counts_near=counts_near)


def people_for_need(
    session: Session, need: Need, institution: Institution, limit: int = 10
) -> tuple[PersonMatch, ...]:
    """Return the best people whom the need's institution may see; nobody for another one."""
    if institution.id != need.institution_id:
        return ()
    return list_people(session, need, limit).matches


def candidate(session: Session, need: Need, expert_id: int) -> PersonMatch | None:
    """Return one person for a need, or None where the institution may not ask this person."""
    return _people(session).one(need, expert_id)


def list_needs(session: Session, expert: Expert, limit: int = 10) -> NeedList:
    """Return the best open needs for a person, with how the list was made."""
    return NeedRanker(session, index_reader(), fact_tables()).for_expert(expert, limit)


def fold_people(matches: Sequence[PersonMatch]) -> list[Group[PersonMatch]]:
    """Put people of one page who say nearly the same under the first of them."""
    return grouped_people(matches, _index(OwnerKind.EXPERT))


def fold_needs(matches: Sequence[NeedMatch]) -> list[Group[NeedMatch]]:
    """Put needs of one page that an institution posted again under the first of them."""
    return grouped_needs(matches, _index(OwnerKind.NEED))


def needs_for_expert(session: Session, expert: Expert, limit: int = 10) -> tuple[NeedMatch, ...]:
    """Return the best open needs for a person."""
    return list_needs(session, expert, limit).matches


def snapshot(
    session: Session, need: Need, expert: Expert, result: PersonMatch | NeedMatch
) -> MatchSnapshot:
    """Keep what was said about a pair at this moment; the newest moment replaces the one before."""
    row = session.scalar(
        select(MatchSnapshot).where(
            MatchSnapshot.need_id == need.id, MatchSnapshot.expert_id == expert.id
        )
    )
    if row is None:
        row = MatchSnapshot(need_id=need.id, expert_id=expert.id)
        session.add(row)
    row.band = Band(result.band)
    row.score = result.score
    row.reasons = result.reasons_document()
    row.generation = result.generation
    session.flush()
    return row


def index_health(session: Session) -> IndexHealth:
    """Return which generation is served, and how far it is behind."""
    return state_of(session)


def index_reader() -> IndexReader:
    """Return this process's reader of the index; it is made when first asked for."""
    extensions = current_app.extensions
    with _making:
        if READER not in extensions:
            extensions[READER] = IndexReader(services().settings)
    reader: IndexReader = extensions[READER]
    return reader


def fact_tables() -> FactTables:
    """Return this process's tables of hard facts; they are read when first asked for."""
    extensions = current_app.extensions
    with _making:
        tables: FactTables = extensions.setdefault(TABLES, FactTables())
    return tables


def _index(kind: OwnerKind) -> VectorIndex | None:
    served = index_reader().current(kind)
    return served.index if served else None


def _people(session: Session) -> PeopleRanker:
    return PeopleRanker(session, index_reader(), fact_tables(), services().settings.secret_key)
