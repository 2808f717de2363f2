"""Find or make the account of somebody who has just proved who they are."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import User
from virtual_return import audit
from virtual_return.config import LOCALES
from virtual_return.errors import Forbidden
from virtual_return.i18n import gettext as _


class AddressTakenError(Exception):
    """Another account has this address."""


def find_by_email(session: Session, email: str) -> User | None:
    """Return the account that has this address."""
    return session.scalar(select(User).where(User.email == email))


def find_or_create(session: Session, email: str, *, locale: str) -> User:
    """Return the account of a proved address; two requests at once make one account."""
    user = find_by_email(session, email)
    if user is not None:
        return user
    try:
        return create(session, email, locale=locale)
    except AddressTakenError:
        # Somebody else made it between our look and our write.
        return session.scalars(select(User).where(User.email == email)).one()


def create(session: Session, email: str, *, locale: str, name: str = "") -> User:
    """Make an account, or raise AddressTakenError; the database decides."""
    user = User(email=email, locale=locale if locale in LOCALES else LOCALES[0], name=name)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise AddressTakenError from error
    audit.record(
        session, "account.created", actor_id=user.id, object_kind="user", object_id=user.id
    )
    return user


def require_active(user: User) -> None:
    """Refuse a suspended account, which only its owner can get to hear of."""
    if not user.is_active:
        raise Forbidden(
            _(
                "This account is suspended, so nobody can sign in to it. "
                "Write to the people who run this programme if you think that is a mistake."
            )
        )


def make_coordinator_if_listed(session: Session, user: User, listed: str) -> None:
    """Give programme staff their role, once the address itself was proved by a link."""
    addresses = {item.strip().lower() for item in listed.split(",") if item.strip()}
    if user.email_changed_at is not None:
        return  # Who could choose the address afterwards gains nothing by it.
    if user.email in addresses and not user.is_coordinator:
        user.is_coordinator = True
        audit.record(
            session,
            "account.made_coordinator",
            actor_id=None,
            object_kind="user",
            object_id=user.id,
        )


def record_sign_in(session: Session, user: User, way: str) -> None:
    """Write into the audit trail that somebody came in, and by which way."""
    audit.record(
        session,
        "account.signed_in",
        actor_id=user.id,
        object_kind="user",
        object_id=user.id,
        way=way,
    )
