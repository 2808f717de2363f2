"""Tell coordinators once a day that something waits for them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import now
from virtual_return.coordination import emails, queries


def remind_reviewers(session: Session) -> int:
    """Write to each coordinator for whom something waits; twice on a day changes nothing."""
    told = 0
    for user in queries.coordinators(session):
        waiting = queries.count_waiting(session, user)
        if waiting and emails.review_waiting(session, user, waiting, now().date()):
            told += 1
    return told
