"""What tests of digests share: the cast, indexed as the worker would, inside a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Expert, Need
from tests.support.factories import Cast
from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.jobs import changes
from virtual_return.matches.jobs import refresh_now


@pytest.fixture
def index(session: Session, database: Database, settings: Settings) -> Callable[[], None]:
    """Embed and index everything that is there now."""

    def run() -> None:
        changes.changed_many(session, "expert", list(session.scalars(select(Expert.id))))
        changes.changed_many(session, "need", list(session.scalars(select(Need.id))))
        session.commit()
        refresh_now(settings, database)
        session.expire_all()

    return run


@pytest.fixture
def told(app: Flask, cast: Cast, index: Callable[[], None]) -> Iterator[Cast]:
    """The cast, indexed: what is new to them can be told."""
    index()
    with app.test_request_context():
        yield cast
