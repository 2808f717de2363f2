"""Verbs before a merge: show that the other account is one's own, and its second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Identity, MergeRequest, User, now
from virtual_return import audit
from virtual_return.accounts import people
from virtual_return.accounts.factors import holding
from virtual_return.accounts.merging import emails
from virtual_return.errors import Conflict, DomainError
from virtual_return.i18n import gettext as _
from virtual_return.security import hash_token, new_token

LINK_MINUTES = 30
VALID_FOR = timedelta(minutes=LINK_MINUTES)


class MergeLinkOver(DomainError):
    """The link was used, is too old, or is another person's: one answer for all."""

    status = HTTPStatus.GONE


@dataclass(frozen=True, slots=True)
class Proved:
    """Another account of the same person, as far as it was shown."""

    other: User
    needs_second_factor: bool


def ask(session: Session, user: User, email: str, *, locale: str) -> None:
    """Send a link to the other address: the same work and mail, whether it has an account or not.

    A newer request takes the place of an older one.
    """
    if email == user.email:
        raise Conflict(_("This is the address of the account in which you are signed in now."))
    other = people.find_by_email(session, email)
    token = new_token()
    _replace(session, user, other.id if other else None, token_hash=hash_token(token))
    emails.link(session, email, other, token=token, locale=locale, minutes=LINK_MINUTES)
    _record(session, "account.merge_asked", user, None)


def waits(session: Session, user: User, token: str) -> bool:
    """Say whether a link would work for this person now, without using it."""
    return _of_link(session, user, token) is not None


def prove_by_link(session: Session, user: User, token: str) -> None:
    """Take the link back from the mailbox, in a browser where whoever asked is signed in."""
    row = _of_link(session, user, token)
    if row is None:
        raise over()
    if row.other_id is None:
        raise Conflict(_("No account has this address, so there is nothing to put together."))
    other = session.get_one(User, row.other_id)
    require_possible(user, other)
    row.proved_at, row.token_hash = now(), None
    row.expires_at = now() + VALID_FOR
    session.flush()
    _record(session, "account.merge_proved", user, other, way="email_link")


def opens_another(session: Session, user: User, *, issuer: str, subject: str) -> User | None:
    """Return the other account that an account at a provider opens."""
    return session.scalar(
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.issuer == issuer, Identity.subject == subject, User.id != user.id)
    )


def prove_by_identity(session: Session, user: User, *, issuer: str, subject: str) -> bool:
    """Take a fresh sign-in at a provider that opens another account; say whether it does."""
    other = opens_another(session, user, issuer=issuer, subject=subject)
    if other is None:
        return False
    require_possible(user, other)
    _replace(session, user, other.id, is_proved=True)
    _record(session, "account.merge_proved", user, other, way="provider")
    return True


def proved(session: Session, user: User) -> Proved | None:
    """Return the other account that was shown to be one's own, while that is fresh."""
    row = _fresh(session, user)
    if row is None or row.proved_at is None or row.other_id is None:
        return None
    other = session.get_one(User, row.other_id)
    if not other.is_active:
        return None
    needs = row.second_factor_at is None and holding.has_any(session, other)
    return Proved(other, needs)


def note_second_factor(session: Session, user: User, *, way: str) -> None:
    """Note that the other account's second factor was shown too."""
    row = _fresh(session, user)
    if row is not None and row.other_id is not None:
        row.second_factor_at = now()
        session.flush()
        other = session.get_one(User, row.other_id)
        _record(session, "account.merge_second_factor", user, other, way=way)


def showed_second_factor(session: Session, user: User) -> bool:
    """Say whether the other account's second factor was shown."""
    row = _fresh(session, user)
    return row is not None and row.second_factor_at is not None


def over() -> MergeLinkOver:
    """Return the one answer to every link that opens nothing."""
    return MergeLinkOver(
        _(
            "This link was used, is too old, or belongs to somebody else's settings. Open it in "
            "the browser in which you asked for it, or ask for a new one."
        )
    )


def leave(session: Session, user: User) -> None:
    """Let the two accounts be two."""
    gone = session.execute(
        delete(MergeRequest).where(MergeRequest.user_id == user.id).returning(MergeRequest.id)
    ).all()
    if gone:
        _record(session, "account.merge_left", user, None)


def forget_expired(session: Session) -> int:
    """Delete what nobody went on with. Return how many."""
    return len(
        session.execute(
            delete(MergeRequest).where(MergeRequest.expires_at <= now()).returning(MergeRequest.id)
        ).all()
    )


def require_possible(user: User, other: User) -> None:
    """Refuse what would hand power on, or put something else than two live accounts together."""
    if user.id == other.id:
        raise Conflict(_("This is the account in which you are signed in now."))
    people.require_active(other)
    if other.is_coordinator and not user.is_coordinator:
        raise Conflict(
            _(
                "The other account belongs to programme staff, and staff rights do not move into "
                "another account. Sign in to that account, and put this one into it."
            )
        )


def _of_link(session: Session, user: User, token: str) -> MergeRequest | None:
    return session.scalar(
        select(MergeRequest)
        .where(
            MergeRequest.user_id == user.id,
            MergeRequest.token_hash == hash_token(token),
            MergeRequest.expires_at > now(),
        )
        .with_for_update()
    )


def _fresh(session: Session, user: User) -> MergeRequest | None:
    return session.scalar(
        select(MergeRequest).where(MergeRequest.user_id == user.id, MergeRequest.expires_at > now())
    )


def _replace(
    session: Session,
    user: User,
    other_id: int | None,
    *,
    token_hash: str | None = None,
    is_proved: bool = False,
) -> None:
    # Two browsers of one person queue here, so that the row stays one.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    session.execute(delete(MergeRequest).where(MergeRequest.user_id == user.id))
    session.add(
        MergeRequest(
            user_id=user.id,
            other_id=other_id,
            token_hash=token_hash,
            proved_at=now() if is_proved else None,
            expires_at=now() + VALID_FOR,
        )
    )
    session.flush()


def _record(
    session: Session, action: str, user: User, other: User | None, **details: str | int
) -> None:
    if other is not None:
        details["source_id"] = other.id
    audit.record(
        session, action, actor_id=user.id, object_kind="user", object_id=user.id, **details
    )
