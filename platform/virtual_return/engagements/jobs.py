"""The clocks of engagements: reminders, then automatic release."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Engagement, now
from virtual_return.engagements import operations, queries


def run_clocks(session: Session) -> int:
    """Remind and release what is due; safe to run at any time and twice. Return how many."""
    moment = now()
    overdue = queries.overdue(session, moment)
    for engagement_id in overdue:
        operations.expire(session, session.get_one(Engagement, engagement_id))
    remind = queries.due_for_reminder(session, moment)
    for engagement_id in remind:
        operations.remind(session, session.get_one(Engagement, engagement_id))
    return len(overdue) + len(remind)
