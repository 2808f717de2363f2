"""A small programme to start with, where how it came about is not what is tested."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import Expert
from tests.support.factories import Cast, make_cast, make_expert, make_user
from virtual_return.db import Database
from virtual_return.jobs.changes import changed
from virtual_return.matches import health

TEXT = "Read a drinking water curriculum and proposed what to change, for town number {number}."


def seed(database: Database, *, experts: int = 2) -> Cast:
    """Add the cast and some more experts; matching is told of all of them."""
    with database.session(writes=True) as session:
        cast = make_cast(session)
        add_experts(session, range(experts))
        changed(session, "expert", cast.profile.id)
        changed(session, "need", cast.need.id)
        session.commit()
    return cast


def add_experts(session: Session, numbers: Sequence[int]) -> list[Expert]:
    """Add people who fit the cast's need, and tell matching."""
    added = []
    for number in numbers:
        expert = make_expert(
            session,
            user=make_user(session, email=f"water{number}@example.org", name=f"Waris {number}"),
            evidence=[TEXT.format(number=number)],
            headline_anonymous=f"Water engineer number {number}",
        )
        changed(session, "expert", expert.id)
        added.append(expert)
    return added


def lag(database: Database) -> int:
    """Return how many changes the index lacks; before the first, at least one."""
    with database.reading() as session:
        state = health.state_of(session)
        return state.lag if state.generation else max(1, state.lag)
