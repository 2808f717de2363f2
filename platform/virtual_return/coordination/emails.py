"""Mail to programme staff."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from models import MailMessage, User
from virtual_return.addresses import absolute_url
from virtual_return.jobs.mailing import post


def review_waiting(session: Session, user: User, waiting: int, today: date) -> MailMessage | None:
    """Say how much waits; what it is stands on the site."""
    return post(
        session,
        "review_waiting",
        recipient=user.email or "",
        user=user,
        locale=user.locale,
        unique_key=f"review_waiting:{today.isoformat()}:{user.id}",
        waiting=waiting,
        address=absolute_url("coordination.queue"),
    )
