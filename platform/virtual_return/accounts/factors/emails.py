"""Mail about the second factors of an account: each change is told to its owner."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User
from virtual_return.addresses import absolute_url
from virtual_return.jobs.mailing import post

# More coordinators than this are not told of each request; one is enough.
MOST_TOLD = 50


def changed(session: Session, user: User, change: str) -> None:
    """Tell somebody what became of their second factors, in case it was not them."""
    if user.email is None:
        return
    post(
        session,
        "factor_changed",
        recipient=user.email,
        user=user,
        locale=user.locale,
        change=change,
        address=absolute_url("accounts.factors"),
    )


def vouching_wanted(session: Session, about: User) -> None:
    """Tell programme staff that somebody asks for their word; who it is stands on the page."""
    staff = session.scalars(
        select(User)
        .where(
            User.is_coordinator,
            User.id != about.id,
            User.email.is_not(None),
            User.suspended_at.is_(None),
        )
        .order_by(User.id)
        .limit(MOST_TOLD)
    )
    for coordinator in staff:
        post(
            session,
            "factor_vouching",
            recipient=coordinator.email or "",
            user=coordinator,
            locale=coordinator.locale,
            address=absolute_url("accounts.lost_factors"),
        )
