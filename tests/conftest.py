"""Fixtures of all tests: a database migrated once, an application, the fixed cast, real services.

A test that uses `engine`, `session` or anything above them runs on each database that
`--database` names. It lives in an outer transaction that is rolled back; what it commits releases
savepoints. A test that starts processes takes `database_url`, a migrated copy of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from redis import Redis
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from tests.support import mail
from tests.support.client import PageClient
from tests.support.database import (
    KINDS,
    BoundDatabase,
    Databases,
    bound_session,
    missing,
    outer_transaction,
)
from tests.support.factories import Cast, make_cast
from tests.support.network import forbid_network
from tests.support.processes import Processes
from tests.support.programs import CHROMIUM_FLAGS, find_chromium
from tests.support.sign_in import sign_in
from tests.support.stack import Stack, make_stack
from virtual_return.app import create_app
from virtual_return.config import Settings
from virtual_return.db import Database, make_engine
from virtual_return.jobs.redis_server import EmbeddedRedis, RedisUnavailableError


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[*KINDS, "both"],
        default="sqlite",
        help="the database that tests run on; CI and `make test` use both",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = KINDS if chosen == "both" else (chosen,)
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        forbid_network(patch)
        yield


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def databases(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes databases of the kind under test."""
    made = Databases(database_kind, tmp_path_factory.mktemp("databases"))
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def engine(databases: Databases) -> Iterator[Engine]:
    """One migrated database for all tests that live in a transaction."""
    engine = make_engine(databases.copy())
    yield engine
    engine.dispose()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database of this test's own, for tests that start processes."""
    with databases.lend() as url:
        yield url


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    connection = outer_transaction(engine)
    yield connection
    connection.rollback()
    connection.close()


@pytest.fixture
def database(connection: Connection) -> Database:
    """Hands out sessions inside the test's transaction, as the application gets them."""
    return BoundDatabase(connection)


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    with bound_session(connection) as session:
        yield session


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(environment="test", data_dir=tmp_path / "var", encoder="hashing")


@pytest.fixture
def make_app(database: Database, settings: Settings) -> Callable[..., Flask]:
    """Make an application on the test's database: make_app(mail_url=smtp.url)."""

    def make(**changes: Any) -> Flask:
        app = create_app(replace(settings, **changes))
        app.extensions["database"] = database
        app.extensions["services"] = replace(app.extensions["services"], database=database)
        # What a form must carry is tested where forged requests are; elsewhere it is noise.
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask, session: Session) -> PageClient:
    """A visitor; `client.sign_in(cast.owner)` returns a client for somebody else."""
    return PageClient(app, session, sign_in)


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast(session)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis of this test process's own."""
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    try:
        yield server.acquire()
    except RedisUnavailableError as error:
        missing(str(error))
    server.release()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """An empty Redis."""
    client = Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def smtp() -> Iterator[mail.Mailbox]:
    """A mail server on loopback; give `smtp.url` to the setting mail_url."""
    mailbox = mail.Mailbox()
    controller = mail.start(mailbox)
    yield mailbox
    controller.stop()


@pytest.fixture
def make_product(
    database_url: str, redis: Redis, redis_url: str, smtp: mail.Mailbox, tmp_path: Path
) -> Iterator[Callable[..., Stack]]:
    """Make the whole product as processes: product = make_product(ENCODER="default").

    Then `product.start_web()`, `product.start("worker")`, `product.start("scheduler")`.
    """
    processes = Processes(tmp_path)

    def make(**changes: str) -> Stack:
        return make_stack(
            processes, database_url=database_url, redis_url=redis_url, mailbox=smtp, **changes
        )

    yield make
    processes.stop_all()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; open pages with `browser.new_page()` or contexts of one person."""
    executable = find_chromium()
    if executable is None:
        missing("Chromium: apt install chromium, or set CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
