"""An institution is never without an owner who can act: the one lock that every change takes.

Leaving, other roles, erasing, merging and suspending an account all pass here, so that of two
owners who go at the same moment the second finds out that they are the last.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import Institution, Membership, User, now
from models.choices import Role, VerificationState
from virtual_return import audit
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _


def lock(session: Session, institution_id: int) -> None:
    """Wait until nobody else changes who belongs; held until the transaction ends."""
    session.execute(
        select(Institution.id).where(Institution.id == institution_id).with_for_update()
    )


def lock_owners(session: Session, institution_id: int) -> list[int]:
    """Lock, then return the ids of the owners who can act, as they stand now."""
    lock(session, institution_id)
    return list(
        session.scalars(
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(Membership.institution_id == institution_id, *_acting(Role.OWNER))
            .order_by(Membership.id)
        )
    )


def require_another(session: Session, institution_id: int, user_id: int) -> None:
    """Refuse to take away the last owner who can act."""
    if not set(lock_owners(session, institution_id)) - {user_id}:
        raise Conflict(_("An institution needs an owner. Make another member owner first."))


def succeed(session: Session, user: User, *, actor_id: int | None) -> list[Institution]:
    """Find successors where somebody who can act no more was the only owner.

    Call it after suspending an account. The editor who belongs longest becomes owner; where there
    is none, the institution is suspended until programme staff appoint somebody. Return the
    institutions that have a new owner or were suspended.
    """
    owned = session.scalars(
        select(Institution)
        .join(Membership, Membership.institution_id == Institution.id)
        .where(Membership.user_id == user.id, Membership.role == Role.OWNER)
        .order_by(Institution.id)
    ).all()
    return [item for item in owned if _pass_on(session, item, user, actor_id)]


def _pass_on(session: Session, institution: Institution, user: User, actor_id: int | None) -> bool:
    if set(lock_owners(session, institution.id)) - {user.id}:
        return False
    heir = session.scalar(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.institution_id == institution.id,
            Membership.user_id != user.id,
            *_acting(Role.EDITOR),
        )
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
    )
    if heir is not None:
        heir.role = Role.OWNER
        _record(session, institution, "institution.owner_succeeded", actor_id, heir.user_id)
    elif institution.state != VerificationState.SUSPENDED:
        institution.state = VerificationState.SUSPENDED
        institution.review_note = _(
            "Nobody who can act for this institution is left. Write to programme staff, who can "
            "make another member its owner."
        )
        institution.updated_at = now()
        _record(session, institution, "institution.left_without_owner", actor_id, None)
    session.flush()
    return True


def _acting(role: Role) -> tuple[ColumnElement[bool], ...]:
    return (
        Membership.role == role,
        User.suspended_at.is_(None),
        User.erased_at.is_(None),
        # Whoever is about to be erased leaves the others to look for somebody now.
        User.erase_at.is_(None),
    )


def _record(
    session: Session,
    institution: Institution,
    action: str,
    actor_id: int | None,
    member_id: int | None,
) -> None:
    audit.record(
        session,
        action,
        actor_id=actor_id,
        object_kind="institution",
        object_id=institution.id,
        member_id=member_id,
    )
