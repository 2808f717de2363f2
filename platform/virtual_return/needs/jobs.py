"""The clock of open needs: a reminder a week before the end, then the end."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import now
from virtual_return.needs import emails, queries, review
from virtual_return.needs.states import REMIND_BEFORE


def run_clocks(session: Session) -> int:
    """Remind and end what is due; safe to run at any time and twice. Return how many ended."""
    moment = now()
    over = queries.due_to_expire(session, moment)
    for need in over:
        review.expire(session, need)
    for need in queries.expiring_before(session, moment, moment + REMIND_BEFORE):
        # The message's key makes sure that it is written once for each end.
        emails.need_expiring(session, need)
    return len(over)
