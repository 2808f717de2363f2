"""Who works on an entry: decided by conditional updates, so that both databases behave alike.

An entry carries the number of the attempt that may finish it. Handing it out raises the number,
which shuts out every earlier attempt: one that was given up for dead and then wakes cannot commit.
`available_at` is when the entry may be handed out (again). While a worker is alive it keeps moving
that moment ahead; when the worker dies it stays where it is, and passes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from models import OutboxEntry, now

# A dead worker costs this long; renewing it costs a small update every third of it.
LEASE = timedelta(seconds=9)
BACKOFF_BASE_S = 2
BACKOFF_LIMIT_S = 3600
DONE_KEPT = timedelta(days=7)
FAILED_KEPT = timedelta(days=90)
LONGEST_ERROR = 500


class SupersededError(Exception):
    """Another attempt has the entry now: what this one did must be rolled back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one entry."""

    entry_id: int
    attempt: int
    job: str

    @property
    def queue_id(self) -> str:
        """The id of this attempt in the queue."""
        return f"outbox-{self.entry_id}-{self.attempt}"


def due(session: Session, jobs: Collection[str], limit: int) -> Sequence[Claim]:
    """Return entries that may be handed out, as their latest attempt; lock them where one can."""
    rows = session.execute(
        select(OutboxEntry.id, OutboxEntry.attempts, OutboxEntry.job)
        .where(
            OutboxEntry.done_at.is_(None),
            OutboxEntry.failed_at.is_(None),
            OutboxEntry.available_at <= now(),
            OutboxEntry.job.in_(jobs),
        )
        .order_by(OutboxEntry.available_at, OutboxEntry.id)
        .limit(limit)
        # An entry that a long transaction has locked must not hold up the others.
        .with_for_update(skip_locked=True)
    )
    return [Claim(entry_id, attempts, job) for entry_id, attempts, job in rows]


def hand_out(session: Session, seen: Claim) -> Claim | None:
    """Begin the next attempt; None if another relay was faster."""
    moment = now()
    won = _change(
        session, seen, claimed_at=moment, available_at=moment + LEASE, attempts=seen.attempt + 1
    )
    return Claim(seen.entry_id, seen.attempt + 1, seen.job) if won else None


def take_back(session: Session, claim: Claim) -> None:
    """Offer an attempt at once again that could not be put into its queue."""
    _change(session, claim, available_at=now())


def start(session: Session, entry_id: int, attempt: int) -> OutboxEntry | None:
    """Begin the work; None if it is done, given up, or another attempt's.

    The key is cleared here: who changes something from now on needs an entry of their own.
    """
    claim = Claim(entry_id, attempt, "")
    if not _change(session, claim, available_at=now() + LEASE, unique_key=None):
        return None
    return session.get(OutboxEntry, entry_id, populate_existing=True)


def renew(session: Session, claim: Claim) -> bool:
    """Say that the worker is alive, or that the attempt still waits in its queue."""
    return _change(session, claim, available_at=now() + LEASE)


def finish(session: Session, claim: Claim) -> None:
    """Mark the entry done in the transaction of its effect, or raise SupersededError."""
    if not _change(session, claim, done_at=now(), unique_key=None, last_error=""):
        raise SupersededError(f"Attempt {claim.attempt} at entry {claim.entry_id} came too late.")


def fail(session: Session, claim: Claim, error: str, maximum_attempts: int) -> None:
    """Plan the next attempt, later each time, or give up."""
    wait_s = min(BACKOFF_BASE_S**claim.attempt, BACKOFF_LIMIT_S)
    changes: dict[str, Any] = {
        "available_at": now() + timedelta(seconds=wait_s),
        "last_error": error[:LONGEST_ERROR],
    }
    if claim.attempt >= maximum_attempts:
        changes["failed_at"] = now()
    _change(session, claim, **changes)


def prune(session: Session) -> int:
    """Forget entries that were done or given up long ago."""
    moment = now()
    result = session.execute(
        delete(OutboxEntry).where(
            or_(
                OutboxEntry.done_at < moment - DONE_KEPT,
                OutboxEntry.failed_at < moment - FAILED_KEPT,
            )
        )
    )
    return cast("CursorResult[Any]", result).rowcount


def _change(session: Session, claim: Claim, **values: Any) -> bool:
    """Update the entry if it is still open and this attempt is its latest."""
    result = session.execute(
        update(OutboxEntry)
        .where(
            OutboxEntry.id == claim.entry_id,
            OutboxEntry.attempts == claim.attempt,
            OutboxEntry.done_at.is_(None),
            OutboxEntry.failed_at.is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", result).rowcount == 1
