"""What can be done in the background: filled once at start by `virtual_return.background`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from virtual_return.jobs.queues import Queue

# Looks at derived state, enqueues what was lost, and returns how much that was.
Finder = Callable[[Session], int]


@dataclass(frozen=True, slots=True)
class Job:
    """A function of ids and plain values that is safe to run twice."""

    name: str
    function: Callable[..., Any]
    queue: Queue
    # Killed after this long; it must then be safe to start again.
    timeout_s: int
    # Given up, and shown to operators, after this many tries.
    maximum_attempts: int
    # Called with one writing session, and committed together with the mark that it is done.
    in_transaction: bool


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that runs again and again, never twice at once."""

    name: str
    function: Callable[..., Any]
    queue: Queue
    # One of the two: seconds between runs, or the five fields of cron in the machine's local time.
    every_s: int
    cron: str
    timeout_s: int
    in_transaction: bool


@dataclass
class Registry:
    """Jobs, finders and the schedule, by name."""

    jobs: dict[str, Job] = field(default_factory=dict)
    finders: dict[str, Finder] = field(default_factory=dict)
    schedule: dict[str, Periodic] = field(default_factory=dict)

    def add_job(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        queue: Queue,
        timeout_s: int = 120,
        maximum_attempts: int = 10,
        in_transaction: bool = False,
    ) -> None:
        """Let entries of this name be run by this function, inside the application's context.

        With `in_transaction` it gets a session before its arguments, and its effect and the mark
        that it is done are one commit. Without, it opens its own transactions, and marks itself
        done in the last of them with `work.finish(session)` where running twice must change
        nothing.
        """
        _refuse_double(name, self.jobs)
        self.jobs[name] = Job(name, function, queue, timeout_s, maximum_attempts, in_transaction)

    def add_finder(self, name: str, finder: Finder) -> None:
        """Let the sweep, once a minute, call this in a transaction of its own."""
        _refuse_double(name, self.finders)
        self.finders[name] = finder

    def add_periodic(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        queue: Queue,
        every_s: int = 0,
        cron: str = "",
        timeout_s: int = 300,
        in_transaction: bool = False,
    ) -> None:
        """Run this function on a schedule; a missed run is made up for by the next."""
        _refuse_double(name, self.schedule)
        if bool(every_s) == bool(cron):
            raise ValueError(f"{name} needs either every_s or cron.")
        self.schedule[name] = Periodic(
            name, function, queue, every_s, cron, timeout_s, in_transaction
        )

    def names_in(self, queue: Queue) -> Iterator[str]:
        """Names of the jobs that go into a queue."""
        return (job.name for job in self.jobs.values() if job.queue is queue)


def _refuse_double(name: str, known: dict[str, Any]) -> None:
    if name in known:
        raise ValueError(f"{name} is registered twice.")
