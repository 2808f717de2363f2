"""The schedule in code is the schedule that runs, and one scheduler runs it."""

import pytest
from rq import Queue as RedisQueue

from virtual_return.jobs.queues import EVERY_QUEUE, Queue
from virtual_return.jobs.registry import Registry
from virtual_return.jobs.schedule import LEADER_KEY, Scheduler
from virtual_return.jobs.worker import make_worker


@pytest.fixture
def registry():
    registry = Registry()
    registry.add_periodic("often", print, queue=Queue.MAIL, every_s=60)
    registry.add_periodic("daily", print, queue=Queue.DIGEST, cron="0 6 * * *")
    return registry


def test_a_worker_listens_to_every_queue(redis):
    assert make_worker(redis, EVERY_QUEUE).queue_names() == [queue.value for queue in Queue]


def test_what_is_due_goes_into_its_queue(redis, registry):
    scheduler = Scheduler(redis, registry)

    scheduler.enqueue_jobs()

    [job] = RedisQueue("mail", connection=redis).jobs
    assert job.args == ("often",)
    assert RedisQueue("digest", connection=redis).is_empty()


def test_a_new_scheduler_runs_the_schedule_of_its_code_alone(redis, registry):
    Scheduler(redis, registry).register_birth()
    changed = Registry()
    changed.add_periodic("new", print, queue=Queue.MAIL, every_s=60)

    scheduler = Scheduler(redis, changed)

    assert [job.name for job in scheduler.get_jobs()] == ["new"]


def test_of_two_schedulers_one_leads(redis, registry):
    first, second = Scheduler(redis, registry), Scheduler(redis, registry)

    assert first._take_lead()
    assert not second._take_lead()

    redis.delete(LEADER_KEY)
    assert second._take_lead()


def test_a_sign_of_life_keeps_the_lead(redis, registry):
    scheduler = Scheduler(redis, registry)
    scheduler._take_lead()
    redis.expire(LEADER_KEY, 1)

    scheduler.heartbeat()

    assert redis.ttl(LEADER_KEY) > 60
