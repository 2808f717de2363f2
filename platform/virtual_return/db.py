"""Engine and sessions: SQLite behaves as PostgreSQL does, and writers never starve.

The standard SQLite driver opens transactions by itself and too late, which leaks rows through
savepoints and loses read-then-write transactions to "database is locked". Here the driver is told
to leave transactions alone and SQLAlchemy's `begin` event opens them: `BEGIN IMMEDIATE` for a
session that will write, a deferred `BEGIN` for one that only reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_MS = 15_000
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)


def make_engine(url: str, *, echo: bool = False) -> Engine:
    """Return an engine whose transactions begin where SQLAlchemy says so.

    Its errors say which statement failed and not with which values: those are people's data.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(
            url, echo=echo, hide_parameters=True, pool_pre_ping=True, pool_size=5, max_overflow=10
        )
    connect_args = {"timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(url, echo=echo, hide_parameters=True, connect_args=connect_args)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Hands out sessions; one is bound to each request or job at its edge."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._readers = sessionmaker(engine, expire_on_commit=False)
        writer = engine.execution_options(writes=True)
        self._writers = sessionmaker(writer, expire_on_commit=False)

    def session(self, *, writes: bool) -> Session:
        """Return a session that the caller closes."""
        return self._writers() if writes else self._readers()

    def on_commit(self, listener: Callable[[Session], None]) -> None:
        """Call a listener with each writing session that has committed for good."""

        # SQLAlchemy fires this event when a savepoint is released, too.
        def committed(session: Session) -> None:
            if not session.in_nested_transaction():
                listener(session)

        event.listen(self._writers, "after_commit", committed)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Commit at the end of the block, roll back on an error."""
        with self.session(writes=True) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that must not write."""
        with self.session(writes=False) as session:
            yield session
