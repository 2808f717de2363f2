"""What was written into the audit trail stays as it was written, or the chain says where not."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models import AuditEvent, AuditHead, AuditLink, Base, now
from tests.support.factories import make_cast
from virtual_return import audit, migrate
from virtual_return.accounts.erasure import erase
from virtual_return.audit import chain
from virtual_return.audit.verifying import verify
from virtual_return.cli import main
from virtual_return.db import Database, make_engine

TABLES = ("audit_event", "audit_link", "audit_head")


@pytest.fixture
def store(database_url):
    """A database of this test's own, since a chain is about what is committed."""
    store = Database(make_engine(database_url))
    yield store
    store.engine.dispose()


def write(store: Database, count: int = 5, **details) -> None:
    for number in range(count):
        with store.writing() as session:
            audit.record(
                session, "test.done", actor_id=7, object_kind="test", object_id=number, **details
            )


def tamper(store: Database, statement: str) -> None:
    """Change rows as somebody would who owns the database and takes its guards away."""
    if store.engine.dialect.name == "sqlite":
        # A plain connection asks no foreign keys.
        with closing(sqlite3.connect(str(store.engine.url.database))) as plain, plain:
            for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                plain.execute(f"DROP TRIGGER {name}")
            plain.execute(statement)
        return
    with store.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def verdict_on(store: Database, **options):
    with store.reading() as session:
        return verify(session, **options)


def test_an_empty_trail_is_whole(store):
    assert verdict_on(store).fault == ""
    assert verdict_on(store).count == 0


def test_each_event_is_linked_when_it_is_committed(store):
    write(store)
    found = verdict_on(store)
    assert (found.fault, found.count) == ("", 5)
    with store.reading() as session:
        assert session.get_one(AuditHead, chain.HEAD_ID).hash == found.head


def test_what_is_hashed_reads_the_same_in_every_language_and_time_zone(store):
    write(store, 1, code="مرحبا", list=["b", "a"], ratio=0.1, flag=True, nothing=None)
    assert verdict_on(store).fault == ""


def test_several_events_of_one_transaction_are_linked_in_their_order(store):
    with store.writing() as session:
        for number in range(3):
            audit.record(session, "test.done", actor_id=None, object_id=number)
            session.flush()
    with store.reading() as session:
        events = session.scalars(select(AuditLink.event_id).order_by(AuditLink.id)).all()
    assert list(events) == sorted(events)
    assert verdict_on(store).count == 3


def test_what_a_savepoint_or_a_rollback_took_back_is_not_linked(store):
    with store.session(writes=True) as session:
        audit.record(session, "test.undone", actor_id=None)
        session.flush()
        session.rollback()
        audit.record(session, "test.kept", actor_id=None)
        try:
            with session.begin_nested():
                audit.record(session, "test.undone", actor_id=None)
                session.flush()
                raise ValueError
        except ValueError:
            pass
        with session.begin_nested():
            audit.record(session, "test.kept", actor_id=None)
        session.commit()
    assert (verdict_on(store).fault, verdict_on(store).count) == ("", 2)


def test_thousands_of_events_of_one_transaction_are_linked(store):
    with store.writing() as session:
        for number in range(chain.BATCH + 5):
            audit.record(session, "test.done", actor_id=None, object_id=number)
    assert (verdict_on(store).fault, verdict_on(store).count) == ("", chain.BATCH + 5)


def test_an_event_that_the_session_let_go_of_is_linked_all_the_same(store):
    with store.writing() as session:
        audit.record(session, "test.done", actor_id=None)
        session.flush()
        session.expunge_all()
    assert verdict_on(store).count == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_trail(store, table, change):
    write(store, 1)
    with (
        pytest.raises(DatabaseError, match=r"audit trail cannot be changed"),
        store.writing() as it,
    ):
        it.execute(text(change.format(table)))
    assert verdict_on(store).count == 1


def test_postgresql_refuses_to_empty_the_trail(store):
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite knows no TRUNCATE.")
    with pytest.raises(DatabaseError, match="audit trail cannot be changed"), store.writing() as it:
        it.execute(text("TRUNCATE audit_event CASCADE"))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_event SET actor_id = 8 WHERE id = 3", "Event 3 (link 3) was changed."),
        ("UPDATE audit_event SET details = '{\"a\": 1}' WHERE id = 2", "Event 2 (link 2) was"),
        ("UPDATE audit_link SET hash = 'x' WHERE id = 4", "Event 4 (link 4) was changed."),
        ("DELETE FROM audit_link WHERE id = 3", "Link 3 is missing."),
        ("DELETE FROM audit_link WHERE id = 5", "Link 5 is missing: the chain ends before"),
        ("UPDATE audit_head SET hash = 'x'", "The head, 5, does not fit the last link, 5."),
        ("DELETE FROM audit_head", "The head, 0, does not fit the last link, 5."),
    ],
)
def test_the_first_thing_that_is_wrong_is_named(store, statement, fault):
    write(store)
    tamper(store, statement)
    assert verdict_on(store).fault.startswith(fault)


def test_an_event_that_was_deleted_is_missed(store):
    write(store)
    tamper(store, "DELETE FROM audit_event WHERE id = 2")
    assert verdict_on(store).fault == "Event 2 (link 2) is missing."


def test_an_event_that_was_written_past_the_chain_is_noticed(store):
    write(store)
    with store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(
            sa.insert(AuditEvent.__table__).values(
                action="test.forged", object_kind="", details={}, created_at=now()
            )
        )
    assert verdict_on(store).fault == "Event 6 was written past the chain."


def test_a_chain_that_was_made_anew_lacks_the_head_that_was_noted(store):
    write(store, 2)
    noted = verdict_on(store).head
    write(store, 2)
    assert verdict_on(store, anchor=noted).has_anchor
    assert not verdict_on(store, anchor="f" * 64).has_anchor


def test_many_writers_at_once_make_one_chain(store):
    def work(number: int) -> None:
        for _ in range(10):
            with store.writing() as session:
                audit.record(session, "test.done", actor_id=number)

    writers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (verdict_on(store).fault, verdict_on(store).count) == ("", 60)


def test_the_command_says_that_all_is_well(store, database_url, monkeypatch):
    write(store, 3)
    monkeypatch.setenv("DATABASE_URL", database_url)
    result = CliRunner().invoke(main, ["audit", "verify"])
    assert result.exit_code == 0
    assert "whole: 3 events" in result.output
    assert verdict_on(store).head in result.output


def test_the_command_names_the_first_broken_row_and_fails(store, database_url, monkeypatch):
    write(store, 3)
    tamper(store, "UPDATE audit_event SET action = 'test.nice' WHERE id = 2")
    monkeypatch.setenv("DATABASE_URL", database_url)
    result = CliRunner().invoke(main, ["audit", "verify"])
    assert result.exit_code == 1
    assert "Event 2 (link 2) was changed. 1 links before it hold." in result.output


def test_the_command_fails_where_the_noted_head_is_gone(store, database_url, monkeypatch):
    write(store, 1)
    monkeypatch.setenv("DATABASE_URL", database_url)
    result = CliRunner().invoke(main, ["audit", "verify", "--anchor", "0a" * 32])
    assert result.exit_code == 1
    assert "was made anew" in result.output


def test_what_happened_before_the_chain_is_chained_by_the_migration(databases):
    engine = make_engine(databases.empty())
    migrate.upgrade(engine, "0007")
    with engine.execution_options(writes=True).begin() as connection:
        _write_old_events(connection)
    migrate.upgrade(engine)
    with Session(engine) as session:
        found = verify(session)
    engine.dispose()
    assert (found.fault, found.count) == ("", 4)


def test_a_trail_goes_back_to_what_it_was_before_the_chain(databases):
    engine = make_engine(databases.empty())
    migrate.upgrade(engine)
    migrate.downgrade(engine, "0007")
    _delete_events(engine)
    engine.dispose()


def _write_old_events(connection: Connection) -> None:
    for number in range(4):
        connection.execute(
            sa.insert(Base.metadata.tables["audit_event"]).values(
                actor_id=number,
                action="old.done",
                object_kind="",
                details={"word": "كلمة", "n": 0.1, "none": None},
                created_at=now(),
            )
        )


def _delete_events(engine: Engine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("DELETE FROM audit_event"))


def test_erasing_an_account_leaves_the_chain_whole(store):
    with store.session(writes=True) as session:
        cast = make_cast(session)
        audit.record(session, "test.done", actor_id=cast.expert.id)
        session.commit()
        erase(session, cast.expert, cast.expert)
        session.commit()
        actors = session.scalars(select(AuditEvent.actor_id)).all()
        assert cast.expert.id in actors
    assert verdict_on(store).fault == ""
    assert verdict_on(store).count == len(actors)


def test_what_pages_do_is_chained(client, session, cast):
    client.sign_in(cast.owner).post("/sign-out")
    client.sign_in(cast.owner).post(f"/needs/{cast.need.public_id}/act/close")
    found = verify(session)
    assert found.fault == ""
    assert found.count == session.scalar(select(sa.func.count(AuditEvent.id))) > 0
