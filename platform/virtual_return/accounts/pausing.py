"""Be away: nobody finds the person, nobody writes, nothing is lost, one button ends it.

What lies above accounts in the layers registers itself here at start: `register(hook)` with
`hook(session, user, is_away)`, which runs when somebody goes, and when somebody is back.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from models import User, now
from virtual_return import audit
from virtual_return.accounts import people
from virtual_return.jobs.mailing import cancel_quiet

Hook = Callable[[Session, User, bool], object]
_hooks: list[Hook] = []


def register(hook: Hook) -> None:
    """Run this when somebody goes away or comes back; registering it again changes nothing."""
    if hook not in _hooks:
        _hooks.append(hook)


def pause(session: Session, user: User) -> None:
    """Hide an account until its owner comes back; pausing twice is once."""
    people.require_active(user)
    if user.paused_at is not None:
        return
    was_away = user.is_away
    user.paused_at = now()
    if not was_away:
        hide(session, user)
    _record(session, user, "account.paused")


def come_back(session: Session, user: User) -> None:
    """End a pause, and take back an erasure that waits."""
    if not user.is_away:
        return
    was_leaving = user.erase_at is not None
    user.paused_at = user.erase_at = None
    _tell(session, user, is_away=False)
    _record(session, user, "account.erasure_cancelled" if was_leaving else "account.resumed")


def hide(session: Session, user: User) -> None:
    """Let everybody forget a person who is away from now on, and stop mail that can wait."""
    cancel_quiet(session, user)
    _tell(session, user, is_away=True)


def _tell(session: Session, user: User, *, is_away: bool) -> None:
    session.flush()
    for hook in _hooks:
        hook(session, user, is_away)


def _record(session: Session, user: User, action: str) -> None:
    audit.record(session, action, actor_id=user.id, object_kind="user", object_id=user.id)
