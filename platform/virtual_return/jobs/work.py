"""The attempt that is being worked on, for jobs that open transactions of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from virtual_return.db import Database
from virtual_return.jobs import claims
from virtual_return.jobs.claims import Claim

RENEW_EVERY_S = claims.LEASE.total_seconds() / 3

_current: ContextVar[Claim | None] = ContextVar("current attempt", default=None)


def finish(session: Session) -> None:
    """Mark the running job done in the transaction of its effect; nothing outside a job.

    Raises SupersededError, which rolls the transaction back, where another attempt took over.
    """
    claim = _current.get()
    if claim is not None:
        claims.finish(session, claim)


@contextmanager
def working_on(claim: Claim, database: Database) -> Iterator[None]:
    """Keep the entry from being handed out again for as long as this process lives."""
    token = _current.set(claim)
    stopped = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(claim, database, stopped), name=claim.queue_id, daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        stopped.set()
        keeper.join()
        _current.reset(token)


def _keep(claim: Claim, database: Database, stopped: threading.Event) -> None:
    while not stopped.wait(RENEW_EVERY_S):
        # A renewal that fails is tried again in time; two in a row cost a second attempt at most.
        with suppress(SQLAlchemyError), database.writing() as session:
            claims.renew(session, claim)
