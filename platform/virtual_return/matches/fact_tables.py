"""Hard facts of everybody in columns, kept in each process and brought up to date by change number.

A request asks which change is wanted. If it is another than the table has, the people or needs
that were told of since are read again: their entries in the outbox still wait, or were done after
the table was read. So a request sees every change that was committed before it began. What a
table says decides whom a list looks at; who is shown is checked against the database once more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from matching.fact_table import FactTable
from matching.facts import NeedFacts, PersonFacts
from matching.need_table import NeedTable
from matching.people_table import PeopleTable
from models import now
from models.choices import OwnerKind
from virtual_return.jobs import changes
from virtual_return.logs import get_logger
from virtual_return.matches.fact_rows import read_needs, read_people

# Clocks of two machines differ by less; whoever is read twice costs little.
SKEW = timedelta(minutes=2)
# Entries that are done are kept for days, so an older table is read anew.
READ_ANEW_AFTER = timedelta(days=1)
# Beyond this many changes reading everybody is the shorter way.
MOST_CHANGED = 5_000

FactsT = TypeVar("FactsT")
OtherT = TypeVar("OtherT")
Read = Callable[[Session, Collection[int] | None], Mapping[str, FactsT]]


class FactTables:
    """The two tables of one process; one instance serves all its threads."""

    def __init__(self) -> None:
        self._people = _Kept(OwnerKind.EXPERT, PeopleTable, read_people)
        self._needs = _Kept(OwnerKind.NEED, NeedTable, read_needs)

    def people(self, session: Session) -> FactTable[PersonFacts, NeedFacts]:
        """Return the facts of all people, with every change that *session* can see."""
        return self._people.current(session)

    def needs(self, session: Session) -> FactTable[NeedFacts, PersonFacts]:
        """Return the facts of all needs that are open."""
        return self._needs.current(session)


@dataclass(frozen=True)
class _State(Generic[FactsT, OtherT]):
    """A table, the change that it has, and when it was read."""

    table: FactTable[FactsT, OtherT]
    change: int
    read_at: datetime


class _Kept(Generic[FactsT, OtherT]):
    def __init__(
        self,
        kind: OwnerKind,
        make: Callable[[], FactTable[FactsT, OtherT]],
        read: Read[FactsT],
    ) -> None:
        self._kind = kind
        self._make = make
        self._read = read
        self._lock = threading.Lock()
        self._state: _State[FactsT, OtherT] | None = None

    def current(self, session: Session) -> FactTable[FactsT, OtherT]:
        # Before anything is read: what is committed meanwhile is read again next time.
        moment, wanted = now(), changes.wanted_change(session)
        with self._lock:
            state = self._state
            if state is not None and state.change == wanted:
                return state.table
            if changes.has_told(session):
                # What this transaction changed is nobody else's yet, nor is its number.
                return state.table if state is not None else self._anew(session)
            if (
                state is None
                or state.change > wanted
                or moment - state.read_at > READ_ANEW_AFTER
                or not self._catch_up(session, state)
            ):
                table = self._anew(session)
            else:
                table = state.table
            self._state = _State(table, wanted, moment)
            return table

    def _anew(self, session: Session) -> FactTable[FactsT, OtherT]:
        table = self._make().build(self._read(session, None))
        get_logger().info("facts_read", kind=self._kind.value, owners=len(table))
        return table

    def _catch_up(self, session: Session, state: _State[FactsT, OtherT]) -> bool:
        """Read again who was told of since; return False where they are too many."""
        ids = changes.told_since(session, self._kind, state.read_at - SKEW)
        if len(ids) > MOST_CHANGED:
            return False
        facts = self._read(session, ids)
        for owner in map(str, ids):
            if owner in facts:
                state.table.put(owner, facts[owner])
            else:
                state.table.remove(owner)
        return True
