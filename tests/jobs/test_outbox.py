"""An entry lives and dies with its cause."""

import threading

import pytest
from sqlalchemy import func, select

from models import OutboxEntry, User
from tests.support.factories import make_user
from virtual_return.jobs import claims
from virtual_return.jobs.outbox import count_waiting, enqueue


def keys(session):
    return session.scalars(select(OutboxEntry.unique_key)).all()


def start_next(session, entry_id):
    seen = next(claim for claim in claims.due(session, ["a"], 10) if claim.entry_id == entry_id)
    claim = claims.hand_out(session, seen)
    return claims.start(session, claim.entry_id, claim.attempt)


def test_it_keeps_what_the_job_will_be_told(session):
    entry_id = enqueue(session, "a", mail_id=5, kinds=["x"])

    entry = session.get_one(OutboxEntry, entry_id)
    assert (entry.job, entry.arguments) == ("a", {"mail_id": 5, "kinds": ["x"]})
    assert entry.attempts == 0


def test_it_goes_with_the_transaction_of_its_cause(session):
    savepoint = session.begin_nested()
    enqueue(session, "a")
    savepoint.rollback()

    assert count_waiting(session) == 0


def test_a_delayed_entry_is_not_due(session):
    enqueue(session, "a", delay_s=60)

    assert not claims.due(session, ["a"], 10)
    assert count_waiting(session, ["a"]) == 1


def test_a_key_that_waits_is_used_again(session):
    first = enqueue(session, "a", unique_key="k")
    second = enqueue(session, "a", unique_key="k")

    assert first == second
    assert count_waiting(session) == 1


def test_a_key_is_free_once_its_job_has_started(session):
    first = enqueue(session, "a", unique_key="k")
    assert start_next(session, first) is not None

    assert enqueue(session, "a", unique_key="k") != first
    assert sorted(keys(session), key=str) == [None, "k"]


def test_entries_without_a_key_stand_side_by_side(session):
    assert enqueue(session, "a") != enqueue(session, "a")


def test_a_job_sees_what_the_last_user_of_its_key_changed(own_database):
    """The key is locked until its transaction ends, so the start waits for the change."""
    with own_database.writing() as session:
        user_id = make_user(session, name="Before").id
        entry_id = enqueue(session, "a", unique_key="k")
        session.flush()
    with own_database.writing() as session:
        claim = claims.hand_out(session, claims.due(session, ["a"], 1)[0])
    seen = []

    def job():
        with own_database.writing() as session:
            claims.start(session, entry_id, claim.attempt)
        with own_database.reading() as session:
            seen.append(session.get_one(User, user_id).name)

    thread = threading.Thread(target=job)
    with own_database.writing() as session:
        session.get_one(User, user_id).name = "After"
        session.flush()
        assert enqueue(session, "a", unique_key="k") == entry_id
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
    thread.join(timeout=10)

    assert seen == ["After"]


@pytest.mark.parametrize("writers", [8])
def test_writers_of_one_key_at_once_leave_one_entry(own_database, writers):
    def write():
        with own_database.writing() as session:
            enqueue(session, "a", unique_key="k")

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with own_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxEntry)) == 1
