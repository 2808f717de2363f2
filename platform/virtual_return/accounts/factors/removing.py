"""Take a second factor away, or all; and carry them along when two accounts become one."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models import (
    FactorGuard,
    FactorReset,
    OneTimeCode,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    User,
)
from virtual_return import audit
from virtual_return.accounts.factors import emails, guard, holding
from virtual_return.errors import Conflict, NotFound
from virtual_return.i18n import gettext as _


def remove_passkey(session: Session, user: User, public_id: str) -> None:
    """Remove a passkey, unless it is the last factor of somebody who must have one."""
    guard.lock(session, user)
    passkey = session.scalar(
        select(Passkey).where(Passkey.user_id == user.id, Passkey.public_id == public_id)
    )
    if passkey is None:
        raise NotFound
    _refuse_last(session, user, passkey_id=passkey.id)
    session.delete(passkey)
    _removed(session, user, "passkey.removed", "passkey_removed")


def remove_app(session: Session, user: User) -> None:
    """Remove the authenticator app, unless it is the last factor of somebody who must have one."""
    guard.lock(session, user)
    gone = session.scalar(
        select(OneTimeCode.id).where(
            OneTimeCode.user_id == user.id, OneTimeCode.confirmed_at.is_not(None)
        )
    )
    if gone is None:
        raise NotFound
    _refuse_last(session, user, with_app=False)
    session.execute(delete(OneTimeCode).where(OneTimeCode.user_id == user.id))
    _removed(session, user, "one_time_code.removed", "app_removed")


def remove_all(session: Session, user: User) -> None:
    """Begin anew without any: only after somebody was vouched for."""
    guard.lock(session, user)
    for table in (Passkey, OneTimeCode, RecoveryCode, FactorGuard):
        session.execute(delete(table).where(table.user_id == user.id))
    session.flush()


def merge(session: Session, source: User, target: User) -> None:
    """Move the passkeys of an account that goes into the one that stays.

    The app and the codes on paper of the one that stays go on; those of the other are void. An
    account that had no factor is not left without the one that protected the other: its app moves.
    """
    for user in sorted((source, target), key=lambda item: item.id):
        guard.lock(session, user)
    if not holding.has_any(session, target):
        session.execute(
            update(OneTimeCode).where(OneTimeCode.user_id == source.id).values(user_id=target.id)
        )
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == target.id))
        session.execute(
            update(RecoveryCode).where(RecoveryCode.user_id == source.id).values(user_id=target.id)
        )
    session.execute(update(Passkey).where(Passkey.user_id == source.id).values(user_id=target.id))
    for table in (OneTimeCode, RecoveryCode, FactorGuard, FactorReset, PasskeyChallenge):
        session.execute(delete(table).where(table.user_id == source.id))
    session.flush()


def _refuse_last(
    session: Session, user: User, *, passkey_id: int | None = None, with_app: bool = True
) -> None:
    """Refuse where nothing that opens the account would remain, and a role asks for it."""
    remaining = select(func.count()).where(
        Passkey.user_id == user.id,
        Passkey.refused_at.is_(None),
        Passkey.id.is_distinct_from(passkey_id),
    )
    apps = select(func.count()).where(
        OneTimeCode.user_id == user.id, OneTimeCode.confirmed_at.is_not(None)
    )
    count = (session.scalar(remaining) or 0) + ((session.scalar(apps) or 0) if with_app else 0)
    if count == 0 and holding.must_have(session, user):
        raise Conflict(
            _(
                "This is your last way to prove a second time who you are, and your role asks for "
                "one. Set up another one first; then remove this one."
            )
        )


def _removed(session: Session, user: User, action: str, change: str) -> None:
    session.flush()
    audit.record(session, action, actor_id=user.id, object_kind="user", object_id=user.id)
    emails.changed(session, user, change)
    if not holding.has_any(session, user):
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
