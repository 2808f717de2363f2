"""An attempt and its mark are one; periodic functions never overlap."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import OutboxEntry, User
from tests.support.factories import make_user
from virtual_return.jobs import claims, runner, work
from virtual_return.jobs.outbox import enqueue
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.jobs.runner import Runtime


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def runtime(own_database, redis, registry):
    runtime = Runtime(Flask("test"), own_database, registry, redis)
    runner.bind(runtime)
    return runtime


def hand_out(database, job, **arguments):
    with database.writing() as session:
        enqueue(session, job, **arguments)
    with database.writing() as session:
        return claims.hand_out(session, claims.due(session, [job], 1)[0])


def people(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(User))


def entry_of(database, claim):
    with database.reading() as session:
        return session.get_one(OutboxEntry, claim.entry_id)


def test_a_job_run_twice_has_its_effect_once(runtime, registry, own_database):
    registry.add_job(
        "a", lambda session, name: make_user(session, name=name), queue=Queue.MAIL,
        in_transaction=True,
    )  # fmt: skip
    claim = hand_out(own_database, "a", name="Once")

    runner.run_entry(claim.entry_id, claim.attempt)
    runner.run_entry(claim.entry_id, claim.attempt)

    assert people(own_database) == 1
    assert entry_of(own_database, claim).done_at is not None


def test_a_job_that_another_attempt_overtook_leaves_no_trace(runtime, registry, own_database):
    def overtaken(session):
        make_user(session)
        session.execute(OutboxEntry.__table__.update().values(attempts=9))

    registry.add_job("a", overtaken, queue=Queue.MAIL, in_transaction=True)
    claim = hand_out(own_database, "a")

    runner.run_entry(claim.entry_id, claim.attempt)

    assert people(own_database) == 0
    assert entry_of(own_database, claim).done_at is None


def test_a_job_that_fails_leaves_no_trace_but_its_reason(runtime, registry, own_database):
    def fail(session):
        make_user(session)
        raise LookupError("somebody@example.org is not there")

    registry.add_job("a", fail, queue=Queue.MAIL, in_transaction=True)
    claim = hand_out(own_database, "a")

    runner.run_entry(claim.entry_id, claim.attempt)

    assert people(own_database) == 0
    assert entry_of(own_database, claim).last_error == "LookupError"


def test_a_job_with_transactions_of_its_own_is_marked_at_its_end(runtime, registry, own_database):
    registry.add_job("a", lambda: None, queue=Queue.MAIL)
    claim = hand_out(own_database, "a")

    runner.run_entry(claim.entry_id, claim.attempt)

    assert entry_of(own_database, claim).done_at is not None


def test_finishing_outside_a_job_changes_nothing(session):
    enqueue(session, "a")

    work.finish(session)

    assert session.scalars(select(OutboxEntry.done_at)).all() == [None]


def test_an_entry_that_is_gone_is_passed_over(runtime):
    runner.run_entry(12345, 1)


def test_a_periodic_function_never_runs_twice_at_once(runtime, registry):
    runs = []

    def again():
        runs.append(1)
        runner.run_periodic("p")

    registry.add_periodic("p", again, queue=Queue.MAIL, every_s=60)
    runner.run_periodic("p")
    assert len(runs) == 1

    runner.run_periodic("p")
    assert len(runs) == 2


def test_a_periodic_function_can_be_one_transaction(runtime, registry, own_database):
    registry.add_periodic("p", make_user, queue=Queue.MAIL, every_s=60, in_transaction=True)

    runner.run_periodic("p")

    assert people(own_database) == 1


def test_a_periodic_function_that_left_the_schedule_is_passed_over(runtime):
    runner.run_periodic("gone")


def test_a_name_is_registered_once(registry):
    registry.add_job("a", print, queue=Queue.MAIL)

    with pytest.raises(ValueError, match="twice"):
        registry.add_job("a", print, queue=Queue.MAIL)


def test_a_schedule_is_either_an_interval_or_cron(registry):
    with pytest.raises(ValueError, match="either"):
        registry.add_periodic("p", print, queue=Queue.MAIL)
