"""Verbs for links by mail: ask for one, and use it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import SignInToken, User, now
from virtual_return.accounts import emails, people
from virtual_return.errors import DomainError
from virtual_return.security import hash_token, new_token

VALID_FOR = timedelta(minutes=15)


class LinkOver(DomainError):
    """The link was used, is too old, or was never ours: one answer for all three."""

    status = HTTPStatus.GONE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A link that would work now."""

    email: str
    expires_at: datetime
    next_path: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What using a link led to."""

    user: User
    is_new: bool
    next_path: str


def ask(session: Session, email: str, *, locale: str, next_path: str = "") -> None:
    """Send a link to an address: the same work and the same mail, whether we know it or not."""
    token = new_token()
    moment = now()
    session.execute(
        delete(SignInToken).where(SignInToken.email == email, SignInToken.expires_at <= moment)
    )
    session.add(
        SignInToken(
            token_hash=hash_token(token),
            email=email,
            locale=locale,
            next_path=next_path[:500],
            expires_at=moment + VALID_FOR,
        )
    )
    session.flush()
    emails.sign_in_link(
        session, email, people.find_by_email(session, email), token=token, locale=locale
    )


def look(session: Session, token: str) -> Waiting | None:
    """Say what a link would do, without using it: programs that scan mail open links too."""
    row = session.scalar(
        select(SignInToken).where(
            SignInToken.token_hash == hash_token(token),
            SignInToken.used_at.is_(None),
            SignInToken.expires_at > now(),
        )
    )
    return Waiting(row.email, row.expires_at, row.next_path) if row else None


def use(session: Session, token: str, *, coordinators: str) -> Opened:
    """Use a link: the database lets exactly one of several requests have it.

    1. Claim the token with a conditional update.
    2. Find or make the account of its address, and void all other links to it.
    3. Give programme staff their role.
    """
    claimed = _claim(session, token)
    if claimed is None:
        raise LinkOver
    email, locale, next_path = claimed
    user = people.find_by_email(session, email)
    is_new = user is None
    user = user or people.find_or_create(session, email, locale=locale)
    people.require_active(user)
    session.execute(delete(SignInToken).where(SignInToken.email == email))
    people.make_coordinator_if_listed(session, user, coordinators)
    people.record_sign_in(session, user, "email_link")
    return Opened(user, is_new, next_path)


def forget_expired(session: Session) -> int:
    """Delete links that nobody can use any more. Return how many."""
    gone = session.execute(
        delete(SignInToken).where(SignInToken.expires_at <= now()).returning(SignInToken.id)
    )
    return len(gone.all())


def _claim(session: Session, token: str) -> tuple[str, str, str] | None:
    moment = now()
    row = session.execute(
        update(SignInToken)
        .where(
            SignInToken.token_hash == hash_token(token),
            SignInToken.used_at.is_(None),
            SignInToken.expires_at > moment,
        )
        .values(used_at=moment)
        .returning(SignInToken.email, SignInToken.locale, SignInToken.next_path)
    ).one_or_none()
    return (row.email, row.locale, row.next_path) if row else None
