"""What somebody reads before two accounts become one: what moves, and what they should know."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import (
    Affiliation,
    Engagement,
    EvidenceItem,
    Expert,
    Identity,
    InstitutionEvidence,
    Invitation,
    JoinRequest,
    Membership,
    Need,
    Passkey,
    User,
)
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import Merge
from virtual_return.errors import N_, Conflict
from virtual_return.i18n import gettext

OF_USER: tuple[tuple[str, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]], ...] = (
    (N_("Linked accounts"), Identity.user_id),
    (N_("Passkeys"), Passkey.user_id),
    (N_("Affiliations that a provider confirmed"), Affiliation.user_id),
    (N_("Needs that you wrote"), Need.created_by_id),
    (N_("Invitations that you sent"), Invitation.invited_by_id),
    (N_("Requests to belong to an institution"), JoinRequest.user_id),
    (N_("Proofs for institutions"), InstitutionEvidence.created_by_id),
    (N_("Profile"), Expert.user_id),
)
OF_EXPERT: tuple[tuple[str, InstrumentedAttribute[int]], ...] = (
    (N_("Pieces of evidence"), EvidenceItem.expert_id),
    (N_("Engagements"), Engagement.expert_id),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What moves, and why it cannot be done if it cannot."""

    lines: list[tuple[str, int]]
    memberships: list[Membership]
    notes: list[str]
    refusal: str


def of(session: Session, merge: Merge) -> Preview:
    """Return what the page shows; nothing is changed."""
    notes: list[str] = []
    refusal = ""
    try:
        notes = movers.look(session, merge)
    except Conflict as error:
        refusal = str(error)
    memberships = session.scalars(
        select(Membership)
        .where(Membership.user_id == merge.source.id)
        .order_by(Membership.institution_id)
    ).all()
    return Preview(_lines(session, merge.source), list(memberships), notes, refusal)


def _lines(session: Session, source: User) -> list[tuple[str, int]]:
    expert_id = session.scalar(select(Expert.id).where(Expert.user_id == source.id))
    counted = [
        (word, session.scalar(select(func.count()).where(column == id)) or 0)
        for columns, id in ((OF_USER, source.id), (OF_EXPERT, expert_id))
        for word, column in columns
        if id is not None
    ]
    return [(gettext(word), count) for word, count in counted if count]
