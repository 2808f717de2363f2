"""Forget, once a day, outcomes that are older than twelve months."""

from __future__ import annotations

from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.outcomes.operations import forget_old

FORGET = "outcomes.forget_old"


def schedule(registry: Registry) -> None:
    """Run it every night."""
    registry.add_periodic(
        FORGET, forget_old, queue=Queue.MAIL, cron="41 3 * * *", in_transaction=True
    )
