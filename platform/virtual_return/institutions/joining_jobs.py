"""The clocks of invitations and requests."""

from __future__ import annotations

from sqlalchemy.orm import Session

from virtual_return.institutions import invitations, joining
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry

CLOCKS = "institutions.joining_clocks"


def schedule(registry: Registry) -> None:
    """Run them every hour."""
    registry.add_periodic(CLOCKS, run_clocks, queue=Queue.MAIL, every_s=3600, in_transaction=True)


def run_clocks(session: Session) -> int:
    """Forget old invitations, remind of requests and release them; safe to run twice."""
    return invitations.forget_old(session) + joining.run_clocks(session)
