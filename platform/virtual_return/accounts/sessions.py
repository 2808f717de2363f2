"""Sessions of browsers: rows that hold only the hash of a secret, and can be ended one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import SignInSession, User, now
from virtual_return.security import hash_token, new_token

IDLE_LIMIT = timedelta(days=14)
ABSOLUTE_LIMIT = timedelta(days=60)
SHARED_LIMIT = timedelta(hours=2)
# Use is noted this coarsely: enough for the idle limit, too little to follow a person's day.
NOTED_EVERY = timedelta(hours=1)
MAXIMUM_PER_USER = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A live session, and the account that it belongs to."""

    session_id: int
    user: User
    needs_note: bool


def start(session: Session, user: User, *, device: str, is_shared: bool) -> str:
    """Open a session and return its secret, which is stored nowhere."""
    token = new_token()
    moment = now()
    _make_room(session, user)
    session.add(
        SignInSession(
            user_id=user.id,
            token_hash=hash_token(token),
            device=device,
            last_used_at=moment,
            expires_at=moment + (SHARED_LIMIT if is_shared else ABSOLUTE_LIMIT),
        )
    )
    user.last_seen_at = moment
    session.flush()
    return token


def find(session: Session, token: str) -> Found | None:
    """Return the live session of a secret; nothing for a suspended or erased account."""
    moment = now()
    row = session.execute(
        select(SignInSession, User)
        .join(User, User.id == SignInSession.user_id)
        .where(
            SignInSession.token_hash == hash_token(token),
            SignInSession.expires_at > moment,
            SignInSession.last_used_at > moment - IDLE_LIMIT,
            User.suspended_at.is_(None),
            User.erased_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found, user = row
    return Found(found.id, user, needs_note=found.last_used_at < moment - NOTED_EVERY)


def note_use(session: Session, session_id: int) -> None:
    """Move the idle limit of a session, and the day on which the person was last seen."""
    moment = now()
    user_id = session.scalar(
        update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(last_used_at=moment)
        .returning(SignInSession.user_id)
    )
    # Naming `updated_at` keeps its onupdate from firing: it goes on meaning an edit.
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(last_seen_at=moment, updated_at=User.updated_at)
    )


def end(session: Session, token: str) -> None:
    """Delete the session of one secret."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_token(token)))


def end_all(session: Session, user: User, *, keep_token: str = "") -> None:
    """Delete all sessions of an account, or all but one."""
    session.execute(
        delete(SignInSession).where(
            SignInSession.user_id == user.id, SignInSession.token_hash != hash_token(keep_token)
        )
    )


def _make_room(session: Session, user: User) -> None:
    """Forget what is over, and the oldest of very many, so that the list stays readable."""
    moment = now()
    session.execute(
        delete(SignInSession).where(
            SignInSession.user_id == user.id,
            (SignInSession.expires_at <= moment)
            | (SignInSession.last_used_at <= moment - IDLE_LIMIT),
        )
    )
    kept = (
        select(SignInSession.id)
        .where(SignInSession.user_id == user.id)
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id.desc())
    )
    for id in session.scalars(kept).all()[MAXIMUM_PER_USER - 1 :]:
        session.execute(delete(SignInSession).where(SignInSession.id == id))
