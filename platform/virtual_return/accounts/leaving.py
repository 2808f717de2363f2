"""What becomes of institutions whose member erases an account."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Institution, Membership, Need, User, now
from models.choices import NeedState, Role, VerificationState
from virtual_return import audit
from virtual_return.accounts import ownership
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _
from virtual_return.jobs.changes import changed

UNFINISHED = (
    NeedState.DRAFT,
    NeedState.SUBMITTED,
    NeedState.CHANGES_REQUESTED,
    NeedState.APPROVED,
    NeedState.OPEN,
    NeedState.FILLED,
)


def refuse_orphans(session: Session, user: User) -> None:
    """Refuse while somebody is the only owner of an institution that others belong to."""
    for institution in only_owned_by(session, user):
        if _members(session, institution) > 1:
            raise Conflict(
                _(
                    "You are the only owner of %(name)s, and other people belong to it. "
                    "Make one of them an owner first, on the page of its members; "
                    "then erase your account.",
                    name=institution.shown_name,
                )
            )


def left_alone(session: Session, user: User) -> list[Institution]:
    """Return the institutions that nobody would belong to any more."""
    return [item for item in _institutions_of(session, user) if _members(session, item) == 1]


def only_owned_by(session: Session, user: User) -> list[Institution]:
    """Return the institutions that no owner who can act would be left in; locks their owners."""
    return [
        institution
        for institution in _institutions_of(session, user, role=Role.OWNER)
        if not set(ownership.lock_owners(session, institution.id)) - {user.id}
    ]


def close_empty_institutions(session: Session, user: User) -> dict[str, int]:
    """Suspend what nobody is left in, close its needs, and take the person's name off others."""
    _take_name_off_needs(session, user)
    closed = left_alone(session, user)
    for institution in closed:
        institution.state = VerificationState.SUSPENDED
        institution.verification_evidence = institution.appeal = ""
        _close_needs(session, institution, user)
        audit.record(
            session,
            "institution.left_empty",
            actor_id=user.id,
            object_kind="institution",
            object_id=institution.id,
        )
    return {"institution_suspended": len(closed)}


def _take_name_off_needs(session: Session, user: User) -> None:
    """A counterpart is named in a need; it may be the person who leaves."""
    if not user.name:
        return
    theirs = select(Membership.institution_id).where(Membership.user_id == user.id)
    session.execute(
        update(Need)
        .where(
            Need.institution_id.in_(theirs),
            func.lower(Need.counterpart_name) == user.name.lower(),
        )
        .values(counterpart_name="")
        .execution_options(synchronize_session="fetch")
    )


def _close_needs(session: Session, institution: Institution, actor: User) -> None:
    needs = session.scalars(
        select(Need).where(Need.institution_id == institution.id, Need.state.in_(UNFINISHED))
    ).all()
    for need in needs:
        need.state = NeedState.CLOSED
        need.closed_at = now()
        changed(session, "need", need.id)
        audit.record(
            session,
            "need.closed",
            actor_id=actor.id,
            object_kind="need",
            object_id=need.id,
            cause="institution_left_empty",
        )


def _institutions_of(
    session: Session, user: User, *, role: Role | None = None
) -> list[Institution]:
    # In the order of ids, so that two who leave several of them do not wait for each other.
    query = (
        select(Institution)
        .join(Membership, Membership.institution_id == Institution.id)
        .where(Membership.user_id == user.id)
        .order_by(Institution.id)
    )
    return list(session.scalars(query if role is None else query.where(Membership.role == role)))


def _members(session: Session, institution: Institution) -> int:
    query = select(func.count()).where(Membership.institution_id == institution.id)
    return session.scalar(query) or 0
