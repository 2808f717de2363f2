"""The yes of two different coordinators, where a programme asks for it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution, Membership, User, VerificationApproval
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _

REFUSALS = ("changes_requested", "suspended", "appeal_refused")


def lock(session: Session, institution: Institution) -> None:
    """Read an institution anew and hold it: who decides next sees what was decided before."""
    session.flush()
    session.refresh(institution, with_for_update=True)


def add(session: Session, actor: User, institution: Institution, needed: int) -> bool:
    """Note one coordinator's yes; return whether there are enough of different ones.

    The caller holds the lock: of two coordinators who say yes at the same moment, the second sees
    the yes of the first.
    """
    said_yes = approved_by(session, institution)
    if needed <= 1 or said_yes - {actor.id}:
        clear(session, institution)
        return True
    if actor.id in said_yes:
        raise Conflict(_("You have approved this already. Another coordinator has to approve it."))
    session.add(VerificationApproval(institution_id=institution.id, user_id=actor.id))
    session.flush()
    return False


def approved_by(session: Session, institution: Institution) -> set[int]:
    """Return the coordinators whose yes still counts: they are coordinators, and not members."""
    rows = session.scalars(
        select(VerificationApproval.user_id)
        .join(User, User.id == VerificationApproval.user_id)
        .where(
            VerificationApproval.institution_id == institution.id,
            _may_decide(institution),
        )
    )
    return set(rows)


def clear(session: Session, institution: Institution) -> None:
    """Forget what was said before: the institution changed, or it was decided."""
    session.execute(
        delete(VerificationApproval).where(VerificationApproval.institution_id == institution.id)
    )


def others(session: Session, actor: User, institution: Institution) -> set[int]:
    """Return the other coordinators who may decide about an institution."""
    return set(
        session.scalars(select(User.id).where(User.id != actor.id, _may_decide(institution)))
    )


def require_other_eyes(session: Session, actor: User, institution: Institution) -> None:
    """Refuse that somebody answers the appeal against their own decision, if another still can."""
    if not institution.appeal or last_refuser(session, institution) != actor.id:
        return
    if others(session, actor, institution) - approved_by(session, institution):
        raise Conflict(
            _("You made the decision that is appealed. Another coordinator has to answer.")
        )


def last_refuser(session: Session, institution: Institution) -> int | None:
    """Return who refused last."""
    return session.scalar(
        select(AuditEvent.actor_id)
        .where(
            AuditEvent.object_kind == "institution",
            AuditEvent.object_id == institution.id,
            AuditEvent.action.in_([f"institution.{word}" for word in REFUSALS]),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def _may_decide(institution: Institution) -> ColumnElement[bool]:
    members = select(Membership.user_id).where(Membership.institution_id == institution.id)
    return and_(
        User.is_coordinator,
        User.suspended_at.is_(None),
        User.erased_at.is_(None),
        User.id.not_in(members),
    )
