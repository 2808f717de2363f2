"""What tests of matching share: a worker's run, without Redis in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from models import OutboxEntry, now
from models.choices import OwnerKind
from tests.support.factories import Cast
from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.jobs import changes
from virtual_return.matches.jobs import refresh_now
from virtual_return.matches.texts import Owner

Work = Callable[..., None]


@pytest.fixture
def work(session: Session, database: Database, settings: Settings) -> Work:
    """Do what the worker would do now: a run, after which every waiting entry is done."""

    def run(*owners: Owner) -> None:
        session.commit()
        refresh_now(settings, database, owners)
        session.expire_all()
        for entry in session.query(OutboxEntry).filter_by(job=changes.REFRESH, done_at=None):
            entry.done_at, entry.unique_key = now(), None
        session.commit()

    return run


@pytest.fixture
def indexed(session: Session, cast: Cast, work: Work) -> Cast:
    """The cast, with profile and need embedded and indexed."""
    changes.changed(session, "expert", cast.profile.id)
    changes.changed(session, "need", cast.need.id)
    work()
    return cast


@pytest.fixture
def request_context(app: Flask) -> Iterator[Flask]:
    with app.test_request_context():
        yield app


def expert_of(cast: Cast) -> Owner:
    return Owner(OwnerKind.EXPERT, cast.profile.id)


@contextmanager
def count_queries(connection: Connection) -> Iterator[list[str]]:
    """Collect the statements that are run inside the block, without savepoints."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)
