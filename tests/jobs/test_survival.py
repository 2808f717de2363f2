"""Nothing mocked: a real worker is killed, Redis forgets, and nothing is lost or done twice."""

import pytest

from models import OutboxEntry
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow


def test_an_entry_is_done_within_a_second_of_its_commit(bench):
    bench.start_worker()
    bench.wait_done(bench.enqueue("test.write", number=1))

    seconds = bench.wait_done(bench.enqueue("test.write", number=2))

    assert seconds < 1
    assert bench.effects() == 2


def test_a_worker_killed_in_mid_job_loses_nothing_and_does_nothing_twice(bench, tmp_path):
    worker = bench.start_worker()
    mark = tmp_path / "begun"
    entry = bench.enqueue("test.slow", number=7, seconds=30, mark=str(mark))
    waiting = bench.enqueue("test.write", number=8)
    wait_until(mark.exists, what="the job begins")
    with_short_wait(bench, entry)

    bench.processes.kill(worker)
    bench.start_worker("second")
    bench.wait_done(entry)
    bench.wait_done(waiting)

    assert (bench.effects(7), bench.effects(8)) == (1, 1)
    assert bench.entry(entry).attempts == 2


def with_short_wait(bench, entry_id):
    """The second attempt need not take half a minute: change what it will be told."""
    with bench.database.writing() as session:
        entry = session.get_one(OutboxEntry, entry_id)
        entry.arguments = {**entry.arguments, "seconds": 0}


def test_what_redis_forgot_is_handed_out_again(bench, redis, tmp_path):
    worker = bench.start_worker()
    mark = tmp_path / "begun"
    bench.enqueue("test.slow", number=1, seconds=2, mark=str(mark))
    wait_until(mark.exists, what="the queue is blocked")
    entries = [bench.enqueue("test.slow", number=n, seconds=0, mark=str(mark)) for n in (2, 3)]
    wait_until(lambda: all(bench.entry(entry).attempts for entry in entries))

    redis.flushall()
    for entry in entries:
        bench.wait_done(entry)

    assert worker.poll() is None
    wait_until(lambda: bench.effects() == 3)
    assert [bench.effects(n) for n in (1, 2, 3)] == [1, 1, 1]


def test_two_workers_share_the_work_and_double_none_of_it(bench):
    entries = [bench.enqueue("test.write", number=n) for n in range(60)]
    bench.start_worker("first")
    bench.start_worker("second")

    for entry in entries:
        bench.wait_done(entry)

    assert bench.effects() == 60
    assert {bench.entry(entry).attempts for entry in entries} == {1}


def test_a_failed_job_is_tried_again_later(bench, tmp_path):
    folder = tmp_path / "tries"
    folder.mkdir()
    bench.start_worker()

    entry = bench.enqueue("test.fail_twice", number=5, folder=str(folder))
    bench.wait_done(entry)

    assert bench.effects(5) == 1
    assert bench.entry(entry).attempts == 3


def test_a_job_that_never_succeeds_is_given_up_with_its_reason(bench):
    bench.start_worker()

    entry = bench.enqueue("test.always_fail")
    wait_until(lambda: bench.entry(entry).failed_at)

    assert bench.entry(entry).last_error == "ValueError"
    assert bench.entry(entry).done_at is None


def test_a_burst_ends_when_nothing_is_left(bench):
    entries = [bench.enqueue("test.write", number=n) for n in range(5)]

    worker = bench.start_worker(BURST="1")
    worker.wait(timeout=30)

    assert worker.returncode == 0
    assert all(bench.is_done(entry) for entry in entries)
