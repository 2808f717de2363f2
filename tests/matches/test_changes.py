"""A change is told in its own transaction, numbered, and coalesced."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import OutboxEntry
from virtual_return.db import Database, make_engine
from virtual_return.jobs import changes


def entries(session: Session) -> list[dict[str, object]]:
    return list(session.scalars(select(OutboxEntry.arguments).order_by(OutboxEntry.id)))


def test_it_raises_the_number_and_writes_one_entry(session: Session) -> None:
    changes.changed(session, "expert", 7)
    changes.changed(session, "expert", 7)
    state = changes.index_state(session)
    assert state is not None
    assert state.wanted_change == 1
    assert entries(session) == [{"kind": "expert", "ids": [7], "change": 1}]


def test_a_waiting_entry_is_used_again_by_the_next_transaction(session: Session) -> None:
    changes.changed(session, "need", 3)
    session.commit()
    changes.changed(session, "need", 3)
    session.commit()
    state = changes.index_state(session)
    assert state is not None
    assert state.wanted_change == 2
    # It says which change it tells of: a run that took it before takes it again.
    assert entries(session) == [{"kind": "need", "ids": [3], "change": 2}]


def test_what_a_savepoint_took_back_is_told_again(session: Session) -> None:
    savepoint = session.begin_nested()
    changes.changed(session, "expert", 7)
    savepoint.rollback()
    changes.changed(session, "expert", 7)
    assert len(entries(session)) == 1


def test_many_are_few_entries(session: Session) -> None:
    changes.changed_many(session, "need", range(1, 1202))
    assert [len(entry["ids"]) for entry in entries(session)] == [500, 500, 201]  # type: ignore[arg-type]
    changes.changed_many(session, "need", [])
    assert len(entries(session)) == 3


def test_an_unknown_kind_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="person"):
        changes.changed(session, "person", 1)


def test_no_number_is_lost_between_transactions_that_run_at_once(database_url: str) -> None:
    database = Database(make_engine(database_url))

    def tell(start: int) -> None:
        for number in range(10):
            with database.writing() as session:
                changes.changed(session, "expert", start + number)

    threads = [threading.Thread(target=tell, args=(100 * n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        state = changes.index_state(session)
        assert state is not None
        assert state.wanted_change == 40
        assert session.scalar(select(func.count()).select_from(OutboxEntry)) == 40
    database.engine.dispose()
