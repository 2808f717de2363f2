"""What every change of a profile has in common."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models import Expert, User, now
from virtual_return import audit
from virtual_return.jobs.changes import changed

# A profile is asked for a refresh when it was not touched for half a year.
REFRESH_AFTER = timedelta(days=183)


def saved(session: Session, actor: User, expert: Expert, action: str, **details: str | int) -> None:
    """Note that a person was here, write the audit row, and tell matching."""
    touch(expert)
    session.flush()
    audit.record(
        session, action, actor_id=actor.id, object_kind="expert", object_id=expert.id, **details
    )
    changed(session, "expert", expert.id)


def touch(expert: Expert) -> None:
    """Count this as activity: the profile is fresh for another half year."""
    moment = now()
    expert.last_active_at = moment
    expert.refresh_due_at = moment + REFRESH_AFTER
