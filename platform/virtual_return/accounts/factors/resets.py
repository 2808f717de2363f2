"""Every second factor is lost: a coordinator who knows the person vouches, and a day passes.

1. Somebody who showed the first factor asks; the owner of the account and programme staff get
   mail.
2. Another person, a coordinator with a second factor, has spoken to them and vouches.
3. For a day nothing happens but mail: whoever still has a factor signs in with it, which ends it.
4. Then the person, again after the first factor, lets go of all factors and sets up new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import FactorReset, User, now
from virtual_return import audit
from virtual_return.accounts import sessions
from virtual_return.accounts.factors import emails, guard, removing
from virtual_return.errors import Conflict, Forbidden, NotFound
from virtual_return.i18n import gettext as _

DELAY = timedelta(hours=24)
VALID_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a coordinator sees it: whoever vouches must know whom for."""

    public_id: str
    email: str
    name: str
    is_coordinator: bool
    is_own: bool
    asked_at: datetime
    opens_at: datetime | None


def of(session: Session, user: User) -> FactorReset | None:
    """Return the request of an account that is not over."""
    return session.scalar(
        select(FactorReset).where(FactorReset.user_id == user.id, FactorReset.expires_at > now())
    )


def waiting(session: Session, reader: User) -> list[Request]:
    """Return all requests that are not over, the oldest first."""
    rows = session.execute(
        select(FactorReset, User)
        .join(User, User.id == FactorReset.user_id)
        .where(FactorReset.expires_at > now(), User.erased_at.is_(None))
        .order_by(FactorReset.id)
    )
    return [
        Request(
            row.public_id,
            user.email or "",
            user.name,
            user.is_coordinator,
            user.id == reader.id,
            row.created_at,
            row.opens_at,
        )
        for row, user in rows
    ]


def ask(session: Session, user: User) -> None:
    """Ask for somebody's word; asking again while it waits changes nothing."""
    guard.lock(session, user)
    if of(session, user) is not None:
        return
    session.execute(delete(FactorReset).where(FactorReset.user_id == user.id))
    session.add(FactorReset(user_id=user.id, expires_at=now() + VALID_FOR))
    session.flush()
    _record(session, user.id, user.id, "second_factor.lost")
    emails.changed(session, user, "lost")
    emails.vouching_wanted(session, user)


def vouch(session: Session, coordinator: User, public_id: str) -> None:
    """Give one's word that it is this person who asks; nobody does so for themselves."""
    row = _row(session, coordinator, public_id)
    if row.vouched_by_id is not None:
        raise Conflict(_("Somebody has vouched for this person already."))
    row.vouched_by_id = coordinator.id
    row.opens_at = now() + DELAY
    session.flush()
    _record(session, coordinator.id, row.user_id, "second_factor.vouched")
    emails.changed(session, session.get_one(User, row.user_id), "vouched")


def decline(session: Session, coordinator: User, public_id: str) -> None:
    """Turn a request down, before or after somebody vouched."""
    row = _row(session, coordinator, public_id)
    user = session.get_one(User, row.user_id)
    session.delete(row)
    session.flush()
    _record(session, coordinator.id, user.id, "second_factor.vouching_declined")
    emails.changed(session, user, "declined")


def cancel(session: Session, user: User) -> None:
    """End a request, because a factor was found again, or because it was not the owner's."""
    gone = session.execute(
        delete(FactorReset).where(FactorReset.user_id == user.id).returning(FactorReset.id)
    ).all()
    if gone:
        _record(session, user.id, user.id, "second_factor.vouching_cancelled")
        emails.changed(session, user, "cancelled")


def finish(session: Session, user: User, *, keep_token: str) -> None:
    """Let go of all factors, once somebody vouched and the day is over, and sign out elsewhere."""
    guard.lock(session, user)
    row = of(session, user)
    if row is None or row.opens_at is None or row.opens_at > now():
        raise Conflict(_("This is not possible yet. The page says what is waited for."))
    voucher = row.vouched_by_id
    session.delete(row)
    removing.remove_all(session, user)
    sessions.end_all(session, user, keep_token=keep_token)
    _record(session, user.id, user.id, "second_factor.reset", voucher=voucher)
    emails.changed(session, user, "reset")


def forget_by_operator(session: Session, user: User) -> None:
    """Let go of all factors for whoever runs the machine: the last way, where nobody can vouch."""
    session.execute(delete(FactorReset).where(FactorReset.user_id == user.id))
    removing.remove_all(session, user)
    sessions.end_all(session, user)
    _record(session, None, user.id, "second_factor.reset_by_operator")
    emails.changed(session, user, "reset_by_operator")


def _row(session: Session, coordinator: User, public_id: str) -> FactorReset:
    if not coordinator.is_coordinator:
        raise NotFound
    row = session.scalar(
        select(FactorReset)
        .where(FactorReset.public_id == public_id, FactorReset.expires_at > now())
        .with_for_update()
    )
    if row is None:
        raise NotFound
    if row.user_id == coordinator.id:
        raise Forbidden(_("Nobody vouches for themselves. Ask another coordinator."))
    return row


def _record(
    session: Session, actor_id: int | None, user_id: int, action: str, **details: int | None
) -> None:
    audit.record(
        session, action, actor_id=actor_id, object_kind="user", object_id=user_id, **details
    )
