"""Mail about a need to the people who act for its institution."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Need
from virtual_return.addresses import absolute_url
from virtual_return.institutions.queries import people_to_tell
from virtual_return.jobs.mailing import post


def need_decided(session: Session, need: Need) -> None:
    """Tell what programme staff decided, with the reason where there is one."""
    _tell(session, need, "need_decided", key=None)


def need_expired(session: Session, need: Need) -> None:
    """Tell that a need is open no longer, and how to open it again."""
    _tell(session, need, "need_expired", key=f"need_expired:{need.id}:{_end(need)}")


def need_expiring(session: Session, need: Need) -> None:
    """Remind once, a week before the end."""
    _tell(session, need, "need_expiring", key=f"need_expiring:{need.id}:{_end(need)}")


def _end(need: Need) -> str:
    return need.expires_at.date().isoformat() if need.expires_at else ""


def _tell(session: Session, need: Need, kind: str, key: str | None) -> None:
    for user in people_to_tell(session, need.institution):
        post(
            session,
            kind,
            recipient=user.email or "",
            user=user,
            locale=user.locale,
            unique_key=f"{key}:{user.id}" if key else None,
            title=need.title,
            state=need.state,
            reason=need.review_note,
            expires_at=need.expires_at,
            address=absolute_url("needs.manage", public_id=need.public_id),
        )
