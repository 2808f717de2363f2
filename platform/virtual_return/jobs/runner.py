"""Run one attempt, or one periodic function: what a queue's entries point at."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from flask import Flask
from redis import Redis

from virtual_return.db import Database
from virtual_return.jobs import claims, work
from virtual_return.jobs.claims import Claim, SupersededError
from virtual_return.jobs.registry import Job, Periodic, Registry
from virtual_return.logs import get_logger


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a worker process works with; made once, when it starts."""

    app: Flask
    database: Database
    registry: Registry
    redis: Redis


_bound: list[Runtime] = []


def bind(runtime: Runtime) -> None:
    """Remember the runtime of this process: a queue can only name functions of modules."""
    _bound[:] = [runtime]


def run_entry(entry_id: int, attempt: int) -> None:
    """Run one attempt at an outbox entry."""
    Attempt(_bound[0], entry_id, attempt).run()


def run_periodic(name: str) -> None:
    """Run one periodic function unless it is running already."""
    runtime = _bound[0]
    periodic = runtime.registry.schedule.get(name)
    if periodic is None:
        return  # It was taken out of the schedule after it was enqueued.
    lock = runtime.redis.lock(f"virtual-return:periodic:{name}", timeout=periodic.timeout_s + 30)
    if not lock.acquire(blocking=False):
        get_logger().info("periodic_still_running", periodic=name)
        return
    try:
        _run_periodic(runtime, periodic)
    finally:
        lock.release()


def _run_periodic(runtime: Runtime, periodic: Periodic) -> None:
    started = time.monotonic()
    with structlog.contextvars.bound_contextvars(periodic=periodic.name):
        with runtime.app.app_context():
            if periodic.in_transaction:
                with runtime.database.writing() as session:
                    periodic.function(session)
            else:
                periodic.function()
        get_logger().debug("periodic_done", seconds=round(time.monotonic() - started, 3))


class Attempt:
    """One attempt at one entry, from its start to its mark."""

    def __init__(self, runtime: Runtime, entry_id: int, attempt: int) -> None:
        self._runtime = runtime
        self._database = runtime.database
        self._entry_id = entry_id
        self._attempt = attempt

    def run(self) -> None:
        """Start it, unless it is somebody else's by now; never raise for what a job did."""
        with self._database.writing() as session:
            entry = claims.start(session, self._entry_id, self._attempt)
        job = self._runtime.registry.jobs.get(entry.job) if entry else None
        if entry is None or job is None:
            get_logger().info("job_passed_over", entry_id=self._entry_id, attempt=self._attempt)
            return
        claim = Claim(entry.id, self._attempt, entry.job)
        with structlog.contextvars.bound_contextvars(
            job_id=claim.queue_id, job=job.name, attempt=self._attempt
        ):
            self._run(job, claim, dict(entry.arguments))

    def _run(self, job: Job, claim: Claim, arguments: dict[str, object]) -> None:
        started = time.monotonic()
        try:
            with work.working_on(claim, self._database), self._runtime.app.app_context():
                self._call(job, arguments)
        except SupersededError:
            get_logger().info("job_superseded")
        except Exception as error:  # noqa: BLE001 - the entry remembers, and is tried again
            self._fail(job, claim, error)
        else:
            self._ensure_done(claim)
            get_logger().info("job_done", seconds=round(time.monotonic() - started, 3))

    def _call(self, job: Job, arguments: dict[str, object]) -> None:
        if not job.in_transaction:
            job.function(**arguments)
            return
        with self._database.writing() as session:
            job.function(session, **arguments)
            work.finish(session)

    def _ensure_done(self, claim: Claim) -> None:
        """Mark what did not mark itself; too late is as good, since jobs are safe to run twice."""
        with self._database.writing() as session:
            try:
                claims.finish(session, claim)
            except SupersededError:
                session.rollback()

    def _fail(self, job: Job, claim: Claim, error: Exception) -> None:
        # The class alone: a message may quote somebody's data.
        get_logger().error("job_failed", error=type(error).__name__, exc_info=error)
        with self._database.writing() as session:
            claims.fail(session, claim, type(error).__name__, job.maximum_attempts)
