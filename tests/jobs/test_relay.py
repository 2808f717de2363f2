"""From the outbox into the queue: once, whoever relays, and again when Redis forgot."""

import threading
from datetime import timedelta

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RedisQueue
from sqlalchemy import update

from models import OutboxEntry, now
from tests.support.mail import free_port
from virtual_return.jobs import relay as relaying
from virtual_return.jobs.outbox import enqueue
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.jobs.relay import Relay


@pytest.fixture
def registry():
    registry = Registry()
    registry.add_job("a", print, queue=Queue.MAIL)
    registry.add_job("b", print, queue=Queue.DIGEST)
    return registry


@pytest.fixture
def relay(own_database, redis, registry):
    return Relay(own_database, redis, registry)


def queued(redis, queue=Queue.MAIL):
    return RedisQueue(queue.value, connection=redis).job_ids


def write(database, job="a", count=1):
    with database.writing() as session:
        return [enqueue(session, job) for _ in range(count)]


def let_leases_pass(database):
    with database.writing() as session:
        session.execute(update(OutboxEntry).values(available_at=now() - timedelta(seconds=1)))


def test_each_entry_goes_into_the_queue_of_its_job(relay, own_database, redis):
    [first] = write(own_database, "a")
    [second] = write(own_database, "b")

    relay.hand_out_due()

    assert queued(redis) == [f"outbox-{first}-1"]
    assert queued(redis, Queue.DIGEST) == [f"outbox-{second}-1"]


def test_it_hands_out_nothing_twice(relay, own_database, redis):
    write(own_database)

    assert [relay.hand_out_due(), relay.hand_out_due()] == [1, 0]
    assert len(queued(redis)) == 1


def test_what_still_waits_in_its_queue_is_not_doubled(relay, own_database, redis):
    [entry] = write(own_database)
    relay.hand_out_due()
    let_leases_pass(own_database)

    relay.hand_out_due()

    assert queued(redis) == [f"outbox-{entry}-1"]


def test_what_redis_forgot_is_handed_out_again(relay, own_database, redis):
    [entry] = write(own_database)
    relay.hand_out_due()
    redis.flushall()
    let_leases_pass(own_database)

    relay.hand_out_due()

    assert queued(redis) == [f"outbox-{entry}-2"]


def test_many_relays_at_once_hand_out_each_entry_once(own_database, redis, registry):
    write(own_database, count=250)
    relays = [Relay(own_database, redis, registry) for _ in range(4)]

    def run(relay):
        while relay.hand_out_due():
            pass

    threads = [threading.Thread(target=run, args=(relay,)) for relay in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ids = queued(redis)
    assert len(ids) == 250
    assert len(set(ids)) == 250
    assert all(name.endswith("-1") for name in ids)


def test_a_job_that_this_code_does_not_know_waits_for_code_that_does(relay, own_database, redis):
    write(own_database, "from.tomorrow")

    assert relay.hand_out_due() == 0


def test_a_long_queue_leaves_the_rest_in_the_database(relay, own_database, redis, monkeypatch):
    monkeypatch.setattr(relaying, "LONGEST_QUEUE", 3)
    monkeypatch.setattr(relaying, "BATCH", 3)
    write(own_database, count=9)

    while relay.hand_out_due():
        pass

    assert len(queued(redis)) == 3


def test_without_redis_entries_wait_and_lose_no_attempt_to_it(own_database, registry):
    absent = Redis(port=free_port(), socket_connect_timeout=0.2)
    [entry] = write(own_database)

    with pytest.raises(RedisError):
        Relay(own_database, absent, registry).hand_out_due()
    absent.close()

    with own_database.reading() as session:
        assert session.get_one(OutboxEntry, entry).attempts == 0
