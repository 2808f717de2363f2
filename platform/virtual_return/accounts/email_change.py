"""Verbs of changing an address: both addresses say yes within a day, or nothing happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import EmailChange, SignInToken, User, now
from virtual_return import audit
from virtual_return.accounts import email_change_mail, people, sessions
from virtual_return.errors import DomainError, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.security import hash_token, new_token

VALID_FOR = timedelta(hours=24)


class ChangeOver(DomainError):
    """The link was used, stopped, is too old, or was never ours: one answer for all."""

    status = HTTPStatus.GONE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A link that would work now, and what it would do."""

    change_id: int
    user_id: int
    old_email: str
    new_email: str
    is_from_old: bool
    is_last: bool


def over() -> ChangeOver:
    """Return the answer to a link that does nothing."""
    return ChangeOver(
        _(
            "This link no longer works: it was used or stopped, or 24 hours are over. "
            "Your address is the one that your settings show; begin again there."
        )
    )


def of(session: Session, user: User) -> EmailChange | None:
    """Return the change that waits for its confirmations."""
    return session.scalar(
        select(EmailChange).where(EmailChange.user_id == user.id, EmailChange.expires_at > now())
    )


def ask(session: Session, user: User, address: str) -> None:
    """Write to both addresses; one that somebody has already gets a mail that says so instead.

    Whoever asks sees the same in both cases, so that nobody learns who has an account.
    """
    people.require_active(user)
    old = user.email or ""
    if address == old:
        raise Invalid(_("That is your address already. Enter the one that you want instead."))
    session.execute(delete(EmailChange).where(EmailChange.user_id == user.id))
    to_old, to_new, moment = new_token(), new_token(), now()
    session.add(
        EmailChange(
            user_id=user.id,
            old_email=old,
            new_email=address,
            old_token_hash=hash_token(to_old),
            new_token_hash=hash_token(to_new),
            expires_at=moment + VALID_FOR,
        )
    )
    session.flush()
    email_change_mail.ask_old(session, user, to_old)
    if people.find_by_email(session, address) is None:
        email_change_mail.ask_new(session, user, address, to_new)
    else:
        email_change_mail.say_taken(session, user, address)
    _record(session, user.id, "account.email_change_asked")


def look(session: Session, token: str) -> Waiting | None:
    """Say what a link would do, without using it: programs that scan mail open links too."""
    hashed = hash_token(token)
    row = session.scalar(
        select(EmailChange).where(
            or_(
                (EmailChange.old_token_hash == hashed) & EmailChange.old_confirmed_at.is_(None),
                (EmailChange.new_token_hash == hashed) & EmailChange.new_confirmed_at.is_(None),
            ),
            EmailChange.expires_at > now(),
        )
    )
    if row is None:
        return None
    is_from_old = row.old_token_hash == hashed
    other = row.new_confirmed_at if is_from_old else row.old_confirmed_at
    return Waiting(
        row.id, row.user_id, row.old_email, row.new_email, is_from_old, other is not None
    )


def confirm(session: Session, token: str, *, reader: User | None, keep_token: str = "") -> bool:
    """Confirm at one address. Return whether the other had confirmed, so that it is changed now.

    The claim is one conditional update: of two confirmations at once, the second sees the first.
    """
    waiting = _of_reader(session, token, reader)
    mine = EmailChange.old_confirmed_at if waiting.is_from_old else EmailChange.new_confirmed_at
    moment = now()
    row = session.execute(
        update(EmailChange)
        .where(EmailChange.id == waiting.change_id, mine.is_(None), EmailChange.expires_at > moment)
        .values({mine: moment})
        .returning(EmailChange.old_confirmed_at, EmailChange.new_confirmed_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        raise over()
    session.expire_all()
    _record(session, waiting.user_id, "account.email_change_confirmed")
    if row.old_confirmed_at is None or row.new_confirmed_at is None:
        return False
    _change(session, waiting, moment, keep_token)
    return True


def stop(session: Session, token: str, *, reader: User | None) -> None:
    """Stop it from the link in the old address's mail."""
    waiting = _of_reader(session, token, reader)
    if not waiting.is_from_old:
        raise over()
    _forget(session, waiting.user_id)


def cancel(session: Session, user: User) -> None:
    """Stop it from the settings; stopping what is over changes nothing."""
    if of(session, user) is not None:
        _forget(session, user.id)


def forget_expired(session: Session) -> int:
    """Delete changes that nobody confirmed in time. Return how many."""
    gone = session.execute(
        delete(EmailChange).where(EmailChange.expires_at <= now()).returning(EmailChange.id)
    )
    return len(gone.all())


def _of_reader(session: Session, token: str, reader: User | None) -> Waiting:
    """Return the change of a link, unless the browser belongs to another person."""
    waiting = look(session, token)
    if waiting is None or (reader is not None and reader.id != waiting.user_id):
        raise over()
    people.require_active(session.get_one(User, waiting.user_id))
    return waiting


def _change(session: Session, waiting: Waiting, moment: datetime, keep_token: str) -> None:
    user = session.get_one(User, waiting.user_id)
    if user.email != waiting.old_email:
        raise over()
    try:
        with session.begin_nested():
            user.email, user.email_changed_at = waiting.new_email, moment
            session.flush()
    except IntegrityError as error:
        # Somebody opened an account with it meanwhile, which only its reader could.
        raise over() from error
    addresses = [waiting.old_email, waiting.new_email]
    session.execute(delete(SignInToken).where(SignInToken.email.in_(addresses)))
    session.execute(delete(EmailChange).where(EmailChange.user_id == user.id))
    sessions.end_all(session, user, keep_token=keep_token)
    _record(session, user.id, "account.email_changed")
    for address in addresses:
        email_change_mail.say_changed(session, user, address)


def _forget(session: Session, user_id: int) -> None:
    session.execute(delete(EmailChange).where(EmailChange.user_id == user_id))
    _record(session, user_id, "account.email_change_stopped")


def _record(session: Session, user_id: int, action: str) -> None:
    audit.record(session, action, actor_id=user_id, object_kind="user", object_id=user_id)
