"""Verbs on one's own account."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import SignInSession, User
from virtual_return import audit
from virtual_return.accounts import sessions
from virtual_return.accounts.erasure import Receipt, erase
from virtual_return.errors import NotFound

__all__ = [
    "Receipt",
    "change_settings",
    "end_other_sessions",
    "erase",
    "revoke_session",
]


def change_settings(
    session: Session, user: User, *, name: str, locale: str = "", time_zone: str = ""
) -> None:
    """Change how a person is called, and in which language and time zone we speak to them."""
    user.name = " ".join(name.split())[:200]
    user.locale = locale or user.locale
    user.time_zone = time_zone or user.time_zone
    session.flush()
    _record(session, user, "account.settings_changed")


def revoke_session(session: Session, user: User, session_id: int) -> None:
    """Sign one of one's own browsers out, wherever it is."""
    row = session.get(SignInSession, session_id)
    if row is None or row.user_id != user.id:
        raise NotFound
    session.delete(row)
    session.flush()
    _record(session, user, "account.session_revoked")


def end_other_sessions(session: Session, user: User, *, keep_token: str) -> None:
    """Sign out everywhere but here."""
    sessions.end_all(session, user, keep_token=keep_token)
    _record(session, user, "account.sessions_revoked")


def _record(session: Session, user: User, action: str) -> None:
    audit.record(session, action, actor_id=user.id, object_kind="user", object_id=user.id)
