"""Erase later: hidden from now on, taken back with one button, erased when the time is over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import User, now
from virtual_return import audit
from virtual_return.accounts import erasure, leaving, ownership, pausing, people
from virtual_return.addresses import absolute_url
from virtual_return.errors import DomainError, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.jobs.mailing import post
from virtual_return.services import services

# None, and a fortnight at most.
DAYS = (0, 1, 3, 7, 14)
# Where something stands in the way, such as an institution that would have no owner.
TRY_AGAIN_AFTER = timedelta(days=1)


def begin(session: Session, user: User, days: int) -> None:
    """Hide an account, and erase it after some days; asking again changes nothing."""
    if days not in DAYS[1:]:
        raise Invalid(_("Choose one of the times to think that the page offers."))
    people.require_active(user)
    if user.erase_at is not None:
        return
    leaving.refuse_orphans(session, user)
    was_away = user.is_away
    user.erase_at = now() + timedelta(days=days)
    if not was_away:
        pausing.hide(session, user)
    audit.record(
        session,
        "account.erasure_asked",
        actor_id=user.id,
        object_kind="user",
        object_id=user.id,
        days=days,
    )
    post(
        session,
        "erasure_begun",
        recipient=user.email or "",
        user=user,
        locale=user.locale,
        day=user.erase_at,
        address=absolute_url("accounts.settings"),
    )


def erase_due() -> int:
    """Erase everybody whose time is over, each in a transaction of its own. Return how many."""
    with services().database.reading() as session:
        due = session.scalars(_due().order_by(User.id)).all()
    return sum(_erase_one(user_id) for user_id in due)


def _due() -> Select[int]:
    return select(User.id).where(User.erase_at <= now(), User.erased_at.is_(None))


def _erase_one(user_id: int) -> bool:
    """Erase one person, unless they came back, or another worker did it meanwhile."""
    try:
        with services().database.writing() as session:
            user = session.scalar(
                select(User)
                .where(User.id == user_id, User.id.in_(_due()))
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            if user is None:
                return False
            # Somebody else may have gone meanwhile: an editor follows as owner, if there is one.
            ownership.succeed(session, user, actor_id=None)
            address, locale = user.email or "", user.locale
            receipt = erasure.erase(session, user, user)
            signed = receipt.signed(services().settings.secret_key)
            post(
                session,
                "account_erased",
                recipient=address,
                user=None,
                locale=locale,
                address=absolute_url("accounts.erased", receipt=signed),
            )
    except DomainError as error:
        _put_off(user_id, type(error).__name__)
        return False
    return True


def _put_off(user_id: int, cause: str) -> None:
    """Try again tomorrow: the person stays hidden meanwhile, and may come back."""
    with services().database.writing() as session:
        user = session.get(User, user_id)
        if user is None or user.erase_at is None:
            return
        user.erase_at = now() + TRY_AGAIN_AFTER
        audit.record(
            session,
            "account.erasure_put_off",
            actor_id=None,
            object_kind="user",
            object_id=user_id,
            cause=cause,
        )
