"""Verbs for passkeys: add one, and use one as the second factor or as both."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fido2.utils import websafe_decode, websafe_encode
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Passkey, User, now
from virtual_return import audit
from virtual_return.accounts.factors import emails, guard
from virtual_return.accounts.factors.webauthn import AnswerRefusedError, Site, id_and_handle
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _

MAXIMUM_PER_USER = 20
# The handle is random, so that a stolen list of passkeys names nobody.
HANDLE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that opens nothing; why, in a word for the audit trail."""

    cause: str
    user_id: int | None = None


def handle_of(session: Session, user: User) -> bytes:
    """Return what authenticators know an account by: the same for all its passkeys."""
    known = session.scalar(
        select(Passkey.user_handle).where(Passkey.user_id == user.id).order_by(Passkey.id).limit(1)
    )
    return websafe_decode(known) if known else secrets.token_bytes(HANDLE_BYTES)


def ids_of(session: Session, user: User) -> list[str]:
    """Return the credential ids of an account, for the browser to find the right key."""
    return list(
        session.scalars(
            select(Passkey.credential_id).where(Passkey.user_id == user.id).order_by(Passkey.id)
        )
    )


def add(
    session: Session, user: User, site: Site, *, challenge: bytes, handle: str, answer: str,
    label: str,
) -> Passkey:  # fmt: skip
    """Keep the public half of a new passkey, or raise AnswerRefusedError."""
    made = site.check_made(challenge, answer)
    guard.lock(session, user)
    count = select(func.count()).where(Passkey.user_id == user.id)
    if (session.scalar(count) or 0) >= MAXIMUM_PER_USER:
        raise Conflict(_("You have very many passkeys. Remove one that you no longer use first."))
    passkey = Passkey(
        user_id=user.id,
        credential_id=made.credential_id,
        credential=made.credential,
        user_handle=handle,
        label=label,
        sign_count=made.sign_count,
        transports=made.transports,
        is_synced=made.is_synced,
    )
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError as error:
        raise Conflict(_("This passkey is known here already.")) from error
    _record(session, user, "passkey.added", passkey)
    emails.changed(session, user, "passkey_added")
    return passkey


def use(
    session: Session, site: Site, *, challenge: bytes, answer: str, user: User | None,
    verified: bool,
) -> Passkey | Refused:  # fmt: skip
    """Check a signature; `user` is who it must be, `verified` asks that the device checked that.

    A counter that went backwards means that two devices have the same key: it opens nothing from
    then on, and its owner hears of it.
    """
    passkey = _claimed(session, answer)
    if passkey is None:
        return Refused("unknown")
    if user is not None and passkey.user_id != user.id:
        return Refused("of_somebody_else", user.id)
    try:
        signed = site.check_signed(challenge, answer, passkey.credential, verified=verified)
    except AnswerRefusedError:
        return Refused("does_not_fit", passkey.user_id)
    if passkey.refused_at is not None:
        return Refused("refused_before", passkey.user_id)
    if not _move_counter(session, passkey, signed.sign_count):
        _refuse_copy(session, passkey, signed.sign_count)
        return Refused("counter_went_back", passkey.user_id)
    return passkey


def _claimed(session: Session, answer: str) -> Passkey | None:
    """Return the passkey that an answer says it is from; nothing of it is proved yet."""
    try:
        credential_id, handle = id_and_handle(answer)
    except AnswerRefusedError:
        return None
    passkey = session.scalar(
        select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    )
    is_theirs = passkey is not None and handle in {None, passkey.user_handle}
    return passkey if is_theirs else None


def refuse(session: Session, refused: Refused) -> None:
    """Write into the audit trail that a passkey opened nothing."""
    audit.record(
        session,
        "passkey.refused",
        actor_id=refused.user_id,
        object_kind="user",
        object_id=refused.user_id,
        cause=refused.cause,
    )


def of(session: Session, user: User) -> list[Passkey]:
    """Return the passkeys of an account, the oldest first."""
    query = select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id)
    return list(session.scalars(query))


def new_handle(handle: bytes) -> str:
    """Return a handle as it is kept."""
    return websafe_encode(handle)


def _move_counter(session: Session, passkey: Passkey, count: int) -> bool:
    """Move the counter on; keys that are kept in step between devices always say zero."""
    moved = session.execute(
        update(Passkey)
        .where(
            Passkey.id == passkey.id,
            (Passkey.sign_count < count) | ((Passkey.sign_count == 0) & (count == 0)),
        )
        .values(sign_count=count, last_used_at=now())
        .returning(Passkey.id)
    ).all()
    return bool(moved)


def _refuse_copy(session: Session, passkey: Passkey, count: int) -> None:
    passkey.refused_at = now()
    user = session.get_one(User, passkey.user_id)
    audit.record(
        session,
        "passkey.counter_went_back",
        actor_id=user.id,
        object_kind="passkey",
        object_id=passkey.id,
        kept=passkey.sign_count,
        shown=count,
    )
    emails.changed(session, user, "passkey_refused")


def _record(session: Session, user: User, action: str, passkey: Passkey) -> None:
    audit.record(session, action, actor_id=user.id, object_kind="passkey", object_id=passkey.id)
