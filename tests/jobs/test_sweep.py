"""The sweep asks each finder, whatever happens to the others."""

from sqlalchemy import func, select

from models import User
from tests.support.factories import make_user
from virtual_return.jobs.outbox import count_waiting, enqueue
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.jobs.sweep import NAME, schedule, sweep


def find_two(session):
    enqueue(session, "a", unique_key="a:1")
    enqueue(session, "a", unique_key="a:2")
    return 2


def fail(session):
    make_user(session)
    session.flush()
    raise RuntimeError("a finder that is broken")


def test_it_enqueues_what_was_lost_once(database, session):
    registry = Registry()
    registry.add_finder("lost", find_two)

    found = [sweep(database, registry), sweep(database, registry)]

    assert found == [{"lost": 2}, {"lost": 2}]
    assert count_waiting(session) == 2


def test_a_broken_finder_leaves_no_trace_and_stops_nobody(database, session):
    registry = Registry()
    registry.add_finder("broken", fail)
    registry.add_finder("lost", find_two)

    assert sweep(database, registry) == {"lost": 2}
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_it_runs_once_a_minute(database):
    registry = Registry()
    schedule(registry, database)

    assert registry.schedule[NAME].every_s == 60
    assert registry.schedule[NAME].queue is Queue.MAIL
