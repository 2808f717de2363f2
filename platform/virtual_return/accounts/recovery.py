"""Let a member who lost all ways in back in, by the word of an owner of the institution.

The new address is confirmed by a link, three days pass in which the old address and the other
owners can object, and any sign-in stops it. Second factors are asked for afterwards as ever.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from models import AccountRecovery, Expert, Membership, SignInToken, User, now
from models.choices import Role
from virtual_return import audit
from virtual_return.accounts import people, recovery_emails, sessions
from virtual_return.accounts.addresses import normalise
from virtual_return.errors import Conflict, DomainError, Invalid, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.security import hash_token, new_token

WAITING = timedelta(days=3)
QUIET = timedelta(days=3)
VALID_FOR = timedelta(days=10)


class RecoveryOver(DomainError):
    """The link was used, stopped, is too old, or was never ours: one answer for all."""

    status = HTTPStatus.GONE


def vouch(
    session: Session, actor: User, institution_id: int, member_id: str, email: str, *, locale: str
) -> None:
    """Give one's word for a member; the caller checked that one may manage the institution."""
    address = normalise(email)
    if address is None:
        raise Invalid(_("Enter an e-mail address such as name@example.org, without spaces."))
    user = session.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.institution_id == institution_id, User.public_id == member_id)
        .with_for_update(of=User)
    )
    if user is None:
        raise NotFound
    _require_possible(session, actor, institution_id, user)
    session.execute(delete(AccountRecovery).where(AccountRecovery.user_id == user.id))
    token, stop = new_token(), new_token()
    session.add(
        AccountRecovery(
            user_id=user.id,
            institution_id=institution_id,
            vouched_by_id=actor.id,
            email=address,
            token_hash=hash_token(token),
            stop_hash=hash_token(stop),
            expires_at=now() + VALID_FOR,
        )
    )
    session.flush()
    _record(session, "account.recovery_vouched", actor.id, user, institution_id=institution_id)
    recovery_emails.begun(session, user, address, token=token, locale=locale)
    recovery_emails.warned(session, user, stop=stop)
    for owner in _other_owners(session, institution_id, (actor.id, user.id)):
        recovery_emails.owner_told(session, owner)


def look(session: Session, token: str) -> AccountRecovery:
    """Return what a link to the new address stands for."""
    row = session.scalar(
        select(AccountRecovery).where(
            AccountRecovery.token_hash == hash_token(token), AccountRecovery.expires_at > now()
        )
    )
    if row is None or not _stands(session, row):
        raise over()
    return row


def confirm(session: Session, token: str) -> None:
    """Note that the new address is theirs; the days of waiting begin."""
    row = look(session, token)
    if row.confirmed_at is not None:
        return
    _refuse_taken(session, row)
    row.confirmed_at = now()
    row.opens_at = row.confirmed_at + WAITING
    session.flush()
    user = session.get_one(User, row.user_id)
    _record(session, "account.recovery_confirmed", None, user, institution_id=row.institution_id)


def finish(session: Session, token: str) -> None:
    """Give the account its new address, after the wait; all its browsers are signed out."""
    row = look(session, token)
    user = session.scalars(
        select(User)
        .where(User.id == row.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.opens_at is None or row.opens_at > now() or not _stands(session, row):
        raise Conflict(_("It is too early. Come back after the days of waiting."))
    _refuse_taken(session, row)
    before, institution_id = user.email, row.institution_id
    session.execute(delete(SignInToken).where(SignInToken.email == (before or "-")))
    user.email, user.email_changed_at = row.email, now()
    session.delete(row)
    session.flush()
    sessions.end_all(session, user)
    _record(session, "account.recovered", None, user, institution_id=institution_id)
    for address in (before, user.email):
        if address is not None:
            recovery_emails.done(session, user, address)


def waits_to_stop(session: Session, token: str) -> AccountRecovery:
    """Return what the link to the old address would stop."""
    row = session.scalar(
        select(AccountRecovery).where(AccountRecovery.stop_hash == hash_token(token))
    )
    if row is None:
        raise over()
    return row


def stop(session: Session, token: str) -> None:
    """Stop it, from the old address."""
    row = waits_to_stop(session, token)
    user = session.get_one(User, row.user_id)
    session.delete(row)
    session.flush()
    _record(session, "account.recovery_stopped", user.id, user, way="old_address")


def stop_by_owner(session: Session, actor: User, institution_id: int, member_id: str) -> None:
    """Stop it, as any owner of the institution."""
    row = session.scalar(
        select(AccountRecovery)
        .join(User, User.id == AccountRecovery.user_id)
        .where(AccountRecovery.institution_id == institution_id, User.public_id == member_id)
    )
    if row is None:
        raise NotFound
    user = session.get_one(User, row.user_id)
    session.delete(row)
    session.flush()
    _record(session, "account.recovery_stopped", actor.id, user, way="owner")


def of_member(session: Session, institution_id: int, member_id: str) -> AccountRecovery | None:
    """Return what runs for a member of an institution."""
    return session.scalar(
        select(AccountRecovery)
        .join(User, User.id == AccountRecovery.user_id)
        .where(
            AccountRecovery.institution_id == institution_id,
            User.public_id == member_id,
            AccountRecovery.expires_at > now(),
        )
    )


def forget_expired(session: Session) -> None:
    """Delete what nobody finished."""
    session.execute(delete(AccountRecovery).where(AccountRecovery.expires_at <= now()))


def over() -> RecoveryOver:
    """Return the one answer to every link that leads nowhere."""
    return RecoveryOver(
        _("This link was used, stopped, or is too old. Ask an owner of your institution again.")
    )


def _require_possible(session: Session, actor: User, institution_id: int, user: User) -> None:
    """Refuse with one sentence, so that it says nothing about the account."""
    if user.id == actor.id:
        raise Conflict(_("You are signed in: for yourself there is nothing to recover."))
    elsewhere = exists().where(
        Membership.user_id == user.id, Membership.institution_id != institution_id
    )
    has_profile = exists().where(Expert.user_id == user.id)
    reaches_further = session.scalar(select(elsewhere | has_profile))
    seen = user.last_seen_at
    is_used = seen is not None and seen > now() - QUIET
    if user.is_coordinator or not user.is_active or reaches_further or is_used:
        raise Conflict(
            _(
                "For this account that cannot be done here: it was used in the last three days, or "
                "it reaches beyond this institution. Write to the people who run this programme."
            )
        )


def _stands(session: Session, row: AccountRecovery) -> bool:
    """Say whether nothing changed since: no sign-in, and both still belong as they did."""
    user = session.get_one(User, row.user_id)
    roles = {
        item.user_id: item.role
        for item in session.scalars(
            select(Membership).where(
                Membership.institution_id == row.institution_id,
                Membership.user_id.in_([row.user_id, row.vouched_by_id]),
            )
        )
    }
    was_used = user.last_seen_at is not None and user.last_seen_at > row.created_at
    is_theirs = row.user_id in roles and roles.get(row.vouched_by_id) is Role.OWNER
    voucher = session.get_one(User, row.vouched_by_id)
    return (
        is_theirs
        and not was_used
        and user.is_active
        and voucher.is_active
        and not user.is_coordinator
    )


def _refuse_taken(session: Session, row: AccountRecovery) -> None:
    other = people.find_by_email(session, row.email)
    if other is not None and other.id != row.user_id:
        raise Conflict(
            _("Another account has this address already. Have the owner name another address.")
        )


def _other_owners(session: Session, institution_id: int, but: tuple[int, int]) -> list[User]:
    return list(
        session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.institution_id == institution_id,
                Membership.role == Role.OWNER,
                User.id.not_in(but),
                User.email.is_not(None),
            )
            .order_by(User.id)
        )
    )


def _record(
    session: Session, action: str, actor_id: int | None, user: User, **details: str | int
) -> None:
    audit.record(
        session, action, actor_id=actor_id, object_kind="user", object_id=user.id, **details
    )
