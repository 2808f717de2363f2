"""A worker: takes from its queues one by one, and relays the outbox beside that.

Jobs run in the worker's own process, not in a fork: the encoder stays warm, and no fork inherits
the threads of its numerical libraries, which can hang there.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from flask import Flask
from redis import Redis
from rq import SimpleWorker

from virtual_return.jobs import runner
from virtual_return.jobs.nudge import Nudge
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.jobs.relay import Relay
from virtual_return.jobs.runner import Runtime
from virtual_return.services import Services


def work(app: Flask, registry: Registry, queues: Sequence[Queue], *, burst: bool = False) -> None:
    """Work until told to stop, finishing the job at hand; with `burst`, until nothing is left."""
    bound: Services = app.extensions["services"]
    redis = Redis.from_url(bound.redis_url)
    # RQ lets the connections of its worker wait longer than Redis's client would by itself: in a
    # pool that the relay has used, it would get old ones, time out while idle, and sleep on it.
    waiting = Redis.from_url(bound.redis_url)
    runner.bind(Runtime(app, bound.database, registry, redis))
    relay = Relay(bound.database, redis, registry)
    if burst:
        while relay.hand_out_due():
            make_worker(waiting, queues).work(burst=True, logging_level="WARNING")
        return
    stopped = threading.Event()
    arguments = (Nudge(bound.redis_url), stopped)
    thread = threading.Thread(target=relay.run, args=arguments, name="relay", daemon=True)
    thread.start()
    try:
        make_worker(waiting, queues).work(logging_level="WARNING")
    finally:
        stopped.set()
        thread.join(timeout=5)


def make_worker(redis: Redis, queues: Sequence[Queue]) -> SimpleWorker:
    """Return RQ's worker for these queues, the first before the second."""
    return SimpleWorker([queue.value for queue in queues], connection=redis)
