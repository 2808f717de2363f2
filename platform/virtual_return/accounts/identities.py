"""Verbs for accounts at a provider, keyed on (issuer, subject) and on nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Identity, User, now
from virtual_return import audit
from virtual_return.accounts import affiliations, emails, people, sessions
from virtual_return.accounts.sessions import AtProvider
from virtual_return.errors import Conflict, NotFound
from virtual_return.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says of somebody, after every check. `email` only if it vouches for it."""

    issuer: str
    subject: str
    email: str | None
    name: str
    # "faculty@university.example", and the domains for which this provider may say so.
    affiliations: tuple[str, ...] = ()
    vouched: frozenset[str] = frozenset()
    # When they proved there who they are, in seconds since 1970; None where it does not say.
    authenticated_at: float | None = None
    # The provider's own name for the session there.
    sid: str | None = None


class EmailTaken(Conflict):
    """Another account has this address; an address from a provider never opens an account."""


class NoVerifiedEmail(Conflict):
    """The provider vouches for no address, and without one nobody can be reached."""


def sign_in(session: Session, claims: Claims, *, locale: str) -> tuple[User, bool]:
    """Return the account of an identity and whether it is new.

    A known identity opens its account, whatever address the provider names today. An unknown one
    gets an account of its own, unless its address belongs to somebody.
    """
    identity = _find(session, claims)
    is_new = identity is None
    user = identity.user if identity else _register(session, claims, locale)
    people.require_active(user)
    if identity:
        identity.last_used_at = now()
    affiliations.note(session, user, claims.issuer, claims.affiliations, vouched=claims.vouched)
    people.record_sign_in(session, user, "oidc")
    return user, is_new


def link(session: Session, user: User, *, issuer: str, subject: str) -> None:
    """Add a way to sign in; only its owner, signed in to both sides, asks for this."""
    claims = Claims(issuer, subject, None, "")
    known = _find(session, claims)
    if known is not None:
        if known.user_id == user.id:
            return
        raise Conflict(
            _(
                "This account at your provider opens another account here. Sign in with it, "
                "remove it from the settings there, and come back."
            )
        )
    _add(session, user, claims)
    emails.identity_linked(session, user)
    _record(session, user, "account.identity_linked")


def at_provider(session: Session, claims: Claims) -> AtProvider:
    """Return what a session keeps of the account at the provider that opened it."""
    identity = _find(session, claims)
    return AtProvider(identity.id if identity else None, claims.sid, at=claims.authenticated_at)


def unlink(session: Session, user: User, identity_id: int, *, keep_token: str = "") -> None:
    """Remove a way to sign in, with what it opened elsewhere; the link by mail always remains."""
    identity = session.get(Identity, identity_id)
    if identity is None or identity.user_id != user.id:
        raise NotFound
    sessions.end_at_provider(session, [identity.id], keep_token=keep_token)
    user.identities.remove(identity)
    session.flush()
    _record(session, user, "account.identity_unlinked")


def _register(session: Session, claims: Claims, locale: str) -> User:
    if claims.email is None:
        raise NoVerifiedEmail
    try:
        user = people.create(session, claims.email, locale=locale, name=claims.name)
    except people.AddressTakenError as error:
        raise EmailTaken from error
    _add(session, user, claims)
    return user


def _add(session: Session, user: User, claims: Claims) -> None:
    try:
        with session.begin_nested():
            session.add(Identity(user_id=user.id, issuer=claims.issuer, subject=claims.subject))
    except IntegrityError as error:
        raise Conflict from error
    session.expire(user, ["identities"])


def _find(session: Session, claims: Claims) -> Identity | None:
    return session.scalar(
        select(Identity).where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    )


def _record(session: Session, user: User, action: str) -> None:
    audit.record(session, action, actor_id=user.id, object_kind="user", object_id=user.id)
