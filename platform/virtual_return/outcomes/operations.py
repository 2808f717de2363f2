"""Write and forget outcomes: ids, ranks and days, in one statement for a whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import Engagement, Outcome, now
from models.choices import OutcomeKind, OutcomeList
from virtual_return.logs import get_logger
from virtual_return.outcomes import losses

KEPT_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one pair now; without a rank, that of the last showing counts."""

    need_id: int
    expert_id: int
    list: OutcomeList
    kind: OutcomeKind
    rank: int | None = None
    generation: str = ""


def record(session: Session, events: Sequence[Event]) -> None:
    """Write these events; one that is there for today already stays as it is."""
    if not events:
        return
    today = now().date()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite if is_sqlite else postgresql).insert
    session.execute(
        insert(Outcome)
        .values([_row(session, event, today) for event in events])
        .on_conflict_do_nothing()
    )


def record_step(session: Session, engagement: Engagement, kind: OutcomeKind) -> None:
    """Write a step of an engagement beside it; the step itself never fails for the note's sake."""
    asked = engagement.invited_by_id is not None
    which = OutcomeList.PEOPLE if asked else OutcomeList.NEEDS
    # What stands so far is the step's own and must not vanish with the note.
    session.flush()
    try:
        with session.begin_nested():
            record(session, [Event(engagement.need_id, engagement.expert_id, which, kind)])
    except SQLAlchemyError as error:
        lost(1, error)


def lost(count: int, error: Exception) -> None:
    """Count what could not be written, for operators to see."""
    losses.add(count)
    get_logger().warning("outcomes_lost", count=count, reason=type(error).__name__)


def forget_old(session: Session) -> int:
    """Delete what is older than twelve months. Return how much that was."""
    oldest = now().date() - KEPT_FOR
    gone = session.execute(delete(Outcome).where(Outcome.day < oldest).returning(Outcome.id)).all()
    return len(gone)


def _row(session: Session, event: Event, today: date) -> dict[str, object]:
    rank, generation = event.rank, event.generation
    if rank is None:
        rank, generation = _last_shown(session, event)
    return {
        "need_id": event.need_id,
        "expert_id": event.expert_id,
        "list": event.list,
        "kind": event.kind,
        "rank": rank,
        "day": today,
        "generation": generation,
    }


def _last_shown(session: Session, event: Event) -> tuple[int | None, str]:
    found = session.execute(
        select(Outcome.rank, Outcome.generation)
        .where(
            Outcome.need_id == event.need_id,
            Outcome.expert_id == event.expert_id,
            Outcome.list == event.list,
            Outcome.kind == OutcomeKind.SHOWN,
        )
        .order_by(Outcome.day.desc(), Outcome.id.desc())
        .limit(1)
    ).first()
    return (found.rank, found.generation) if found else (None, event.generation)
