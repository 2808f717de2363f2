"""Everything that happens in the background: one list, filled when a worker or scheduler starts."""

from __future__ import annotations

from virtual_return.engagements.jobs import run_clocks
from virtual_return.jobs import mailing, sweep
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.services import Services


def make_registry(services: Services) -> Registry:
    """Return all jobs, finders and the schedule."""
    registry = Registry()
    registry.add_job(mailing.DELIVER, mailing.deliver, queue=Queue.MAIL)
    registry.add_finder("mail.unsent", mailing.find_unsent)
    registry.add_periodic(
        "engagements.clocks", run_clocks, queue=Queue.MAIL, every_s=300, in_transaction=True
    )
    sweep.schedule(registry, services.database)
    return registry
