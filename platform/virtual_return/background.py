"""Everything that happens in the background: one list, filled when a worker or scheduler starts."""

from __future__ import annotations

from virtual_return.accounts import jobs as accounts
from virtual_return.coordination.jobs import remind_reviewers
from virtual_return.digests import rounds
from virtual_return.engagements.jobs import run_clocks
from virtual_return.experts import jobs as experts
from virtual_return.institutions import jobs as institutions
from virtual_return.jobs import mailing, sweep
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.matches import jobs as matches
from virtual_return.needs import jobs as needs
from virtual_return.outcomes import jobs as outcomes
from virtual_return.partners import jobs as partners
from virtual_return.services import Services


def make_registry(services: Services) -> Registry:
    """Return all jobs, finders and the schedule."""
    registry = Registry()
    registry.add_job(mailing.DELIVER, mailing.deliver, queue=Queue.MAIL)
    registry.add_finder("mail.unsent", mailing.find_unsent)
    registry.add_periodic(
        "engagements.clocks", run_clocks, queue=Queue.MAIL, every_s=300, in_transaction=True
    )
    registry.add_job(rounds.SEND_ONE, rounds.send_one, queue=Queue.DIGEST)
    registry.add_periodic(
        "digests.round",
        rounds.begin_when_due,
        queue=Queue.DIGEST,
        every_s=900,
        in_transaction=True,
    )
    registry.add_periodic(
        "needs.clocks", needs.run_clocks, queue=Queue.MAIL, every_s=900, in_transaction=True
    )
    registry.add_periodic(
        "coordination.reminder",
        remind_reviewers,
        queue=Queue.MAIL,
        cron="0 7 * * *",
        in_transaction=True,
    )
    matches.register(registry, services)
    accounts.schedule(registry)
    institutions.register(registry)
    experts.register(registry)
    partners.register(registry)
    outcomes.schedule(registry)
    sweep.schedule(registry, services.database)
    return registry
