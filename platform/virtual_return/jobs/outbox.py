"""Write down what must happen, in the transaction of its cause."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import OutboxEntry, now

Plain = str | int | float | bool | None | list[int] | list[str]
# Set on a session that wrote an entry; `nudge` reads it after the commit.
WRITTEN = "outbox entry written"


def enqueue(
    session: Session,
    job: str,
    *,
    unique_key: str | None = None,
    delay_s: float = 0,
    **arguments: Plain,
) -> int:
    """Add one entry for a job of the registry; it starts within a second of the commit.

    With a `unique_key`, an entry of that key that waits to be started is used again, with the
    arguments of the latest, instead of adding another. It is locked until this transaction ends,
    so that the job, when it starts, sees what this transaction changed. Return the entry's id.
    """
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    moment = now()
    statement = insert(OutboxEntry).values(
        job=job,
        arguments=arguments,
        unique_key=unique_key,
        created_at=moment,
        available_at=moment + timedelta(seconds=delay_s),
        attempts=0,
        last_error="",
    )
    if unique_key is not None:
        # This also takes the row's lock, which "do nothing" would not.
        statement = statement.on_conflict_do_update(
            index_elements=["unique_key"], set_={"arguments": statement.excluded.arguments}
        )
    entry_id: int = session.execute(statement.returning(OutboxEntry.id)).scalar_one()
    session.info[WRITTEN] = True
    return entry_id


def count_waiting(session: Session, jobs: list[str] | None = None) -> int:
    """Return how many entries are not done yet, of these jobs or of all."""
    query = (
        select(func.count())
        .select_from(OutboxEntry)
        .where(OutboxEntry.done_at.is_(None), OutboxEntry.failed_at.is_(None))
    )
    if jobs is not None:
        query = query.where(OutboxEntry.job.in_(jobs))
    return session.scalar(query) or 0
