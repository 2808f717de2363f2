"""Who has a second factor, and who must: read by sessions on every request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Membership, OneTimeCode, Passkey, User
from models.choices import Role


def holds_any(user_id: InstrumentedAttribute[int] | Any) -> ColumnElement[bool]:
    """Say, inside a query, whether an account has a second factor.

    A passkey that is refused since its counter went backwards still counts: losing trust in it
    must not open the account to whoever has the mailbox alone.
    """
    return or_(
        exists().where(Passkey.user_id == user_id),
        exists().where(OneTimeCode.user_id == user_id, OneTimeCode.confirmed_at.is_not(None)),
    )


def has_any(session: Session, user: User) -> bool:
    """Say whether an account has a second factor."""
    return bool(session.scalar(select(holds_any(user.id))))


def must_have(session: Session, user: User) -> bool:
    """Say whether the roles of an account ask for one: programme staff, owners."""
    if user.is_coordinator:
        return True
    owns = exists().where(Membership.user_id == user.id, Membership.role == Role.OWNER)
    return bool(session.scalar(select(owns)))
