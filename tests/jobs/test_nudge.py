"""The relay is woken by commits alone, and only by those that wrote an entry."""

import pytest

from tests.support.factories import make_user
from tests.support.mail import free_port
from virtual_return.jobs import nudge
from virtual_return.jobs.outbox import count_waiting, enqueue


@pytest.fixture
def signals(redis):
    return lambda: redis.llen(nudge.KEY)


def test_a_commit_with_an_entry_wakes(own_database, signals):
    with own_database.writing() as session:
        enqueue(session, "a")
        assert signals() == 0

    assert signals() == 1


def test_a_commit_without_an_entry_does_not(own_database, signals):
    with own_database.writing() as session:
        make_user(session)

    assert signals() == 0


def test_a_savepoint_does_not_wake_before_the_commit(own_database, signals):
    with own_database.writing() as session:
        with session.begin_nested():
            enqueue(session, "a")
        assert signals() == 0

    assert signals() == 1


def test_a_transaction_that_is_rolled_back_does_not(own_database, signals):
    with own_database.session(writes=True) as session:
        enqueue(session, "a")
        session.rollback()

    assert signals() == 0


def test_many_commits_leave_one_signal(own_database, signals):
    for _ in range(5):
        with own_database.writing() as session:
            enqueue(session, "a")

    assert signals() == 1


def test_without_redis_the_commit_stands(database):
    nudge.install(database, f"redis://127.0.0.1:{free_port()}")

    with database.writing() as session:
        enqueue(session, "a")

    with database.reading() as session:
        assert count_waiting(session) == 1
