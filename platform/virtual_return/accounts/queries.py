"""What the settings page shows of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Identity, SignInSession, User, now
from virtual_return.accounts.sessions import IDLE_LIMIT
from virtual_return.security import SignatureError, hash_token, seal, unseal


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One browser that is signed in."""

    handle: str
    device: str
    created_at: datetime
    last_used_at: datetime
    is_this_one: bool


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """One account at a provider that opens this one."""

    handle: str
    issuer: str
    created_at: datetime


def sessions_of(session: Session, user: User, *, token: str, secret: str) -> list[OwnSession]:
    """Return the live sessions of an account, the newest use first."""
    moment = now()
    rows = session.scalars(
        select(SignInSession)
        .where(
            SignInSession.user_id == user.id,
            SignInSession.expires_at > moment,
            SignInSession.last_used_at > moment - IDLE_LIMIT,
        )
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id.desc())
    )
    return [
        OwnSession(
            seal(secret, _context(user, "session"), row.id),
            row.device,
            row.created_at,
            row.last_used_at,
            row.token_hash == hash_token(token),
        )
        for row in rows
    ]


def identities_of(session: Session, user: User, *, secret: str) -> list[OwnIdentity]:
    """Return the accounts at providers that open this one."""
    rows = session.scalars(
        select(Identity).where(Identity.user_id == user.id).order_by(Identity.id)
    )
    context = _context(user, "identity")
    return [OwnIdentity(seal(secret, context, row.id), row.issuer, row.created_at) for row in rows]


def id_of_handle(user: User, kind: str, handle: str, *, secret: str) -> int | None:
    """Return the row that a handle of one's own page stands for."""
    try:
        return unseal(secret, _context(user, kind), handle)
    except SignatureError:
        return None


def _context(user: User, kind: str) -> str:
    return f"user:{user.id}:{kind}"
