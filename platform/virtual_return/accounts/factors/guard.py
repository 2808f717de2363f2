"""Wrong codes are counted for each account in the database, wherever they come from."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import FactorGuard, User, now
from virtual_return import audit
from virtual_return.accounts.factors import emails

# After each of these many wrong codes, nothing is tried for a while.
TRIES = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12))


def lock(session: Session, user: User) -> None:
    """Have everything that concerns the factors of an account happen one after another."""
    session.execute(select(User.id).where(User.id == user.id).with_for_update())


def locked_until(session: Session, user: User) -> datetime | None:
    """Return until when no code of this account is tried."""
    until = session.scalar(select(FactorGuard.locked_until).where(FactorGuard.user_id == user.id))
    return until if until is not None and until > now() else None


def count_failure(session: Session, user: User, what: str) -> None:
    """Count a wrong code; every fifth brings a pause, each longer than the last, and a mail."""
    row = session.scalar(select(FactorGuard).where(FactorGuard.user_id == user.id))
    if row is None:
        row = FactorGuard(user_id=user.id, failures=0)
        session.add(row)
    row.failures += 1
    _record(session, user, "second_factor.refused", what=what)
    if row.failures % TRIES == 0:
        pause = PAUSES[min(row.failures // TRIES, len(PAUSES)) - 1]
        row.locked_until = now() + pause
        _record(session, user, "second_factor.locked", failures=row.failures)
        emails.changed(session, user, "locked")
    session.flush()


def forget_failures(session: Session, user: User) -> None:
    """Begin to count anew, after a right code."""
    session.execute(delete(FactorGuard).where(FactorGuard.user_id == user.id))


def _record(session: Session, user: User, action: str, **details: str | int) -> None:
    audit.record(
        session, action, actor_id=user.id, object_kind="user", object_id=user.id, **details
    )
