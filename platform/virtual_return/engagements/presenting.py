"""What one side may read of an engagement: made here, so that no template decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Engagement, Need, User
from models.choices import EngagementState as State
from virtual_return.engagements.states import FINAL_STATES, WAITING_STATES, Side
from virtual_return.experts import privacy
from virtual_return.i18n import gettext as _
from virtual_return.institutions import queries as institutions
from virtual_return.matches.quoting import Quote, still_approved
from virtual_return.templating.labels import label


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody, after both said yes."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One engagement as one side sees it."""

    public_id: str
    side: Side
    need: Need
    institution: str
    # What the page calls the state: declined, withdrawn and expired read alike.
    state: str
    is_my_turn: bool
    is_waiting: bool
    is_over: bool
    is_revealed: bool
    message: str
    band: str
    reasons: dict[str, Any]
    due_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class OtherSide:
    """Who is on the other side, as far as this side may know: for the page of one engagement."""

    # The anonymous profile, for the institution, before and after.
    profile: privacy.AnonymousExpert | None = None
    # Sentences that met when this began, as far as the person approves them still.
    quotes: tuple[Quote, ...] = ()
    # The people, once both said yes.
    contacts: tuple[Contact, ...] = ()


def present(engagement: Engagement, side: Side) -> Shown:
    """Return how it stands for this side, and nothing of who is on the other."""
    need = engagement.need
    is_revealed = engagement.revealed_at is not None
    return Shown(
        public_id=engagement.public_id,
        side=side,
        need=need,
        institution=need.institution.shown_name,
        state=_state(engagement.state),
        is_my_turn=_is_my_turn(engagement.state, side),
        is_waiting=engagement.state in WAITING_STATES,
        is_over=engagement.state in FINAL_STATES,
        is_revealed=is_revealed,
        message=engagement.message,
        band=engagement.band,
        reasons=engagement.reasons if side is Side.INSTITUTION else {},
        due_at=engagement.due_at,
        since=engagement.state_since,
    )


def other_side(session: Session, engagement: Engagement, side: Side) -> OtherSide:
    """Return what this side may see of the other, and nothing else."""
    is_revealed = engagement.revealed_at is not None
    profile = _profile(session, engagement) if side is Side.INSTITUTION else None
    return OtherSide(
        profile=profile,
        quotes=still_approved(engagement.reasons.get("pairs", ()), profile) if profile else (),
        contacts=_contacts(session, engagement, side) if is_revealed else (),
    )


def _state(state: State) -> str:
    if state in (State.DECLINED, State.WITHDRAWN, State.EXPIRED):
        return _("Not this time")
    return label(state)


def _is_my_turn(state: State, side: Side) -> bool:
    return (state, side) in {(State.INVITED, Side.EXPERT), (State.APPLIED, Side.INSTITUTION)}


def _profile(session: Session, engagement: Engagement) -> privacy.AnonymousExpert | None:
    """Return the anonymous profile, unless the person withdrew before both said yes."""
    institution, expert = engagement.need.institution, engagement.expert
    is_known = engagement.revealed_at is not None
    if not is_known and not privacy.can_institution_see(session, institution, expert.id):
        return None
    return privacy.anonymous_view(expert)


def _contacts(session: Session, engagement: Engagement, side: Side) -> tuple[Contact, ...]:
    if side is Side.INSTITUTION:
        return _reachable([engagement.expert.user])
    return _reachable(institutions.people_to_tell(session, engagement.need.institution))


def _reachable(users: Sequence[User]) -> tuple[Contact, ...]:
    """Leave out who erased the account: nothing of them is kept."""
    return tuple(
        Contact(name=user.name or user.email, email=user.email) for user in users if user.email
    )
