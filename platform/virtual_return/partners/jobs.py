"""The clocks of hosting together, and the totals of the month."""

from __future__ import annotations

from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.partners import operations, totals


def register(registry: Registry) -> None:
    """Add what runs by itself."""
    registry.add_periodic(
        "partners.clocks",
        operations.run_clocks,
        queue=Queue.MAIL,
        every_s=3600,
        in_transaction=True,
    )
    registry.add_periodic(
        "partners.totals",
        totals.make_due,
        queue=Queue.DIGEST,
        cron="23 4 * * *",
        in_transaction=True,
    )
