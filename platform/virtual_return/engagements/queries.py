"""Read engagements: by side, by need, and what counts against a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import Engagement, Expert, Membership, Need, now
from models.choices import EngagementState
from virtual_return.engagements.states import (
    PLACE_TAKING_STATES,
    REMIND_BEFORE,
    WAITING_STATES,
)

MONTH = timedelta(days=30)
_WITH_BOTH_SIDES = (
    joinedload(Engagement.need).joinedload(Need.institution),
    joinedload(Engagement.expert).joinedload(Expert.user),
)


def by_public_id(session: Session, public_id: str) -> Engagement | None:
    """Return one engagement with both sides loaded."""
    return session.scalar(
        select(Engagement).where(Engagement.public_id == public_id).options(*_WITH_BOTH_SIDES)
    )


def between(session: Session, need_id: int, expert_id: int) -> Engagement | None:
    """Return the engagement of one need and one expert."""
    return session.scalar(
        select(Engagement).where(Engagement.need_id == need_id, Engagement.expert_id == expert_id)
    )


def of_expert(session: Session, expert_id: int) -> Sequence[Engagement]:
    """Return an expert's engagements, those that wait for an answer first."""
    return session.scalars(
        select(Engagement)
        .where(Engagement.expert_id == expert_id)
        .options(*_WITH_BOTH_SIDES)
        .order_by(Engagement.state.not_in(list(WAITING_STATES)), Engagement.state_since.desc())
    ).all()


def of_member(session: Session, user_id: int) -> Sequence[Engagement]:
    """Return the engagements of all institutions that a person acts for."""
    institutions = select(Membership.institution_id).where(Membership.user_id == user_id)
    return session.scalars(
        select(Engagement)
        .join(Engagement.need)
        .where(Need.institution_id.in_(institutions))
        .options(*_WITH_BOTH_SIDES)
        .order_by(Engagement.state.not_in(list(WAITING_STATES)), Engagement.state_since.desc())
    ).all()


def invitations_left(session: Session, expert: Expert, moment: datetime | None = None) -> int:
    """Return how many more invitations a person lets in during these thirty days."""
    since = (moment or now()) - MONTH
    invited = session.scalar(
        select(func.count())
        .select_from(Engagement)
        .where(
            Engagement.expert_id == expert.id,
            Engagement.invited_by_id.is_not(None),
            Engagement.created_at > since,
        )
    )
    return max(0, expert.invitations_per_month - (invited or 0))


def places_left(session: Session, expert: Expert) -> int:
    """Return how many more engagements a person has room for."""
    taken = session.scalar(
        select(func.count())
        .select_from(Engagement)
        .where(
            Engagement.expert_id == expert.id,
            Engagement.state.in_(list(PLACE_TAKING_STATES)),
        )
    )
    return max(0, expert.capacity - (taken or 0))


def due_for_reminder(session: Session, moment: datetime) -> Sequence[int]:
    """Return ids of engagements whose waiting side was not yet reminded."""
    return session.scalars(
        select(Engagement.id).where(
            Engagement.state.in_(list(WAITING_STATES)),
            Engagement.reminded_at.is_(None),
            Engagement.due_at <= moment + REMIND_BEFORE,
            Engagement.due_at > moment,
        )
    ).all()


def overdue(session: Session, moment: datetime) -> Sequence[int]:
    """Return ids of engagements whose clock ran out."""
    return session.scalars(
        select(Engagement.id).where(
            Engagement.state.in_([*WAITING_STATES, EngagementState.ACCEPTED]),
            Engagement.due_at <= moment,
        )
    ).all()
