"""A worker process with the jobs of these tests; its settings are in the environment.

It is the product's own worker with another registry, so that a test can kill it in mid-job.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from flask import Flask  # noqa: E402

from models import AuditEvent  # noqa: E402
from virtual_return import services  # noqa: E402
from virtual_return.config import load_settings  # noqa: E402
from virtual_return.db import Database, make_engine  # noqa: E402
from virtual_return.jobs import work  # noqa: E402
from virtual_return.jobs.queues import EVERY_QUEUE, Queue  # noqa: E402
from virtual_return.jobs.registry import Registry  # noqa: E402
from virtual_return.jobs.worker import work as run_worker  # noqa: E402
from virtual_return.mail import make_transport  # noqa: E402


def write(session, number):
    """The effect of a job: one row, which must be there once."""
    session.add(AuditEvent(action="test.effect", object_kind="test", object_id=number, details={}))


def slow(number, seconds, mark):
    """Says that it has begun, takes its time, and has its effect at the end."""
    Path(mark).touch()
    time.sleep(seconds)
    with services.services().database.writing() as session:
        write(session, number)
        work.finish(session)


def fail_twice(number, folder):
    attempts = Path(folder)
    tries = len(list(attempts.iterdir()))
    (attempts / str(tries)).touch()
    if tries < 2:
        raise ValueError("Not yet.")
    with services.services().database.writing() as session:
        write(session, number)
        work.finish(session)


def always_fail():
    raise ValueError("Never.")


def make_registry():
    registry = Registry()
    registry.add_job("test.write", write, queue=Queue.MAIL, in_transaction=True)
    registry.add_job("test.slow", slow, queue=Queue.INDEX, timeout_s=60)
    registry.add_job("test.fail_twice", fail_twice, queue=Queue.DIGEST)
    registry.add_job("test.always_fail", always_fail, queue=Queue.MAIL, maximum_attempts=1)
    return registry


def make_app(settings):
    app = Flask("worker_of_tests")
    database = Database(make_engine(settings.sqlalchemy_url))
    services.install(
        app, services.Services(settings, database, settings.redis_url, make_transport(settings))
    )
    return app


if __name__ == "__main__":
    is_burst = os.environ.get("BURST") == "1"
    run_worker(make_app(load_settings()), make_registry(), EVERY_QUEUE, burst=is_burst)
