"""What moves of institutions when two accounts of one person become one."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import (
    Institution,
    InstitutionEvidence,
    Invitation,
    JoinRequest,
    Membership,
    VerificationApproval,
    now,
)
from models.choices import RequestState
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import MOVES, UNION, Merge


def install() -> None:
    """Take part in merging accounts."""
    movers.register(
        "institutions",
        {
            "invitation.invited_by_id": MOVES,
            "join_request.user_id": UNION,
            "institution_evidence.created_by_id": MOVES,
            "verification_approval.user_id": UNION,
        },
        move,
        order=1,
    )


def move(session: Session, merge: Merge) -> None:
    """Move what somebody gave, sent and asked; nobody says yes twice, or to themselves."""
    source, target = merge.source.id, merge.target.id
    movers.move(session, Invitation, "invited_by_id", source, target)
    movers.move(session, InstitutionEvidence, "created_by_id", source, target)
    same = ("institution_id",)
    movers.move_unless(session, JoinRequest, "user_id", source, target, same=same)
    movers.move_unless(session, VerificationApproval, "user_id", source, target, same=same)
    # The memberships of both are one's own by now.
    own = select(Membership.institution_id).where(Membership.user_id == target)
    session.execute(
        delete(VerificationApproval).where(
            VerificationApproval.user_id == target, VerificationApproval.institution_id.in_(own)
        )
    )
    session.execute(
        update(JoinRequest)
        .where(
            JoinRequest.user_id == target,
            JoinRequest.institution_id.in_(own),
            JoinRequest.state == RequestState.WAITING,
        )
        .values(state=RequestState.WITHDRAWN, state_since=now())
        .execution_options(synchronize_session=False)
    )
    _move_invitations_to(session, merge)


def _move_invitations_to(session: Session, merge: Merge) -> None:
    """Let invitations to the address that goes be used with the one that stays."""
    own = select(Membership.institution_id).where(Membership.user_id == merge.target.id)
    addresses = [item for item in (merge.target.email, merge.source.email) if item]
    session.execute(
        delete(Invitation).where(
            Invitation.email.in_(addresses), Invitation.institution_id.in_(own)
        )
    )
    if merge.email is None:
        return
    invited = select(Institution.id).join(Invitation).where(Invitation.email == merge.email)
    others = [address for address in addresses if address != merge.email]
    doubles = Invitation.email.in_(others) & Invitation.institution_id.in_(invited)
    session.execute(delete(Invitation).where(doubles).execution_options(synchronize_session=False))
    session.execute(
        update(Invitation)
        .where(Invitation.email.in_(others))
        .values(email=merge.email)
        .execution_options(synchronize_session=False)
    )
