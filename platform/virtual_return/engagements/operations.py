"""Invite, express interest, answer: the acts that bring two sides together or let them part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Engagement, Expert, Need, User, now
from models.choices import EngagementState as State
from models.choices import OutcomeKind
from virtual_return import audit
from virtual_return.engagements import emails, queries, states
from virtual_return.engagements.states import Action, Side
from virtual_return.errors import Conflict, Invalid, NotFound
from virtual_return.experts import privacy
from virtual_return.i18n import gettext as _
from virtual_return.jobs.changes import changed
from virtual_return.needs import queries as needs
from virtual_return.outcomes.operations import record_step

MESSAGE_LENGTH = 2_000


def invite(
    session: Session,
    actor: User,
    need: Need,
    expert_id: int,
    message: str,
    *,
    band: str = "",
    reasons: Mapping[str, Any] | None = None,
) -> Engagement:
    """Ask an expert who stays anonymous; they learn who asks and why.

    Whether somebody is hidden, blocked us or has enough invitations is answered with the same
    sentence, so that none of it can be found out.
    """
    _require_open(need)
    expert = _lock_expert(session, expert_id)
    if expert is None or not privacy.can_institution_see(session, need.institution, expert_id):
        raise Conflict(_not_available())
    if queries.between(session, need.id, expert_id):
        raise Conflict(_("This person was asked already. You find the answer under Engagements."))
    if not queries.invitations_left(session, expert) or not queries.places_left(session, expert):
        raise Conflict(_not_available())
    engagement = _begin(session, need, expert, State.INVITED, message)
    engagement.invited_by_id = actor.id
    engagement.band = band
    engagement.reasons = dict(reasons or {})
    _record(session, actor, engagement, "engagement.invited")
    record_step(session, engagement, OutcomeKind.INVITED)
    emails.invitation(session, engagement)
    return engagement


def express_interest(session: Session, actor: User, need: Need, message: str) -> Engagement:
    """Let an expert offer themselves for a need; the institution sees them without a name."""
    _require_open(need)
    if actor.expert is None:
        raise Invalid(_("Make a profile first, so that the institution can see what you offer."))
    expert = _lock_expert(session, actor.expert.id)
    if expert is None or not privacy.can_institution_see(session, need.institution, expert.id):
        raise Conflict(
            _(
                "This institution cannot see your profile, so it could not answer. Change who may "
                "find you, then try again."
            )
        )
    if queries.between(session, need.id, expert.id):
        raise Conflict(_("You are in touch about this need already."))
    engagement = _begin(session, need, expert, State.APPLIED, message)
    _record(session, actor, engagement, "engagement.applied")
    record_step(session, engagement, OutcomeKind.INVITED)
    emails.interest(session, engagement)
    return engagement


def accept(session: Session, actor: User, engagement: Engagement, side: Side) -> None:
    """Say yes to the other side: both now see each other's names and contact.

    The expert's free place is claimed under a lock on the expert's row, so that the last one
    cannot be given twice.
    """
    expert = _lock_expert(session, engagement.expert_id)
    if expert is None:
        raise NotFound(_gone())
    if side is Side.EXPERT:
        # Whoever withdrew consent meanwhile is not pulled back in by an old invitation.
        _require_not_erased(expert)
    _require_open(engagement.need)
    if not queries.places_left(session, expert):
        raise Conflict(
            _("There is no room for another engagement. End one first, or raise the number.")
            if side is Side.EXPERT
            else _not_available()
        )
    _move(session, actor.id, engagement, Action.ACCEPT, side)
    engagement.revealed_at = now()
    record_step(session, engagement, OutcomeKind.ACCEPTED)
    emails.accepted(session, engagement)
    changed(session, "expert", expert.id)


def decline(
    session: Session, actor: User, engagement: Engagement, side: Side, reason: str = ""
) -> None:
    """Say no, for free: a reason is optional, never shown to the other side, never scored."""
    _move(session, actor.id, engagement, Action.DECLINE, side)
    engagement.private_reason = reason.strip()[:MESSAGE_LENGTH]
    record_step(session, engagement, OutcomeKind.DECLINED)
    emails.over(session, engagement, tell=_other(side))


def withdraw(session: Session, actor: User, engagement: Engagement, side: Side) -> None:
    """Take an invitation or an interest back before it was answered."""
    _move(session, actor.id, engagement, Action.WITHDRAW, side)
    emails.over(session, engagement, tell=_other(side))


def end(
    session: Session,
    actor: User,
    engagement: Engagement,
    side: Side,
    *,
    action: Action,
    reason: str = "",
) -> None:
    """Finish the work, or stop it early; the expert's place is free again."""
    if action not in (Action.CLOSE, Action.END_EARLY):
        raise Invalid(_("This cannot be done here."))
    _move(session, actor.id, engagement, action, side)
    engagement.private_reason = reason.strip()[:MESSAGE_LENGTH]
    emails.over(session, engagement, tell=_other(side))
    changed(session, "expert", engagement.expert_id)


def expire(session: Session, engagement: Engagement) -> None:
    """Let the clock end what nobody answered, and tell both sides."""
    before = engagement.state
    _move(session, None, engagement, Action.EXPIRE, Side.CLOCK)
    emails.over(session, engagement, tell=Side.EXPERT)
    emails.over(session, engagement, tell=Side.INSTITUTION)
    if before in states.PLACE_TAKING_STATES:
        changed(session, "expert", engagement.expert_id)


def remind(session: Session, engagement: Engagement) -> None:
    """Remind the side that has not answered, once."""
    if engagement.reminded_at is None and engagement.state in states.WAITING_STATES:
        engagement.reminded_at = now()
        emails.reminder(session, engagement)


def release_all_of(session: Session, expert: Expert) -> None:
    """End everything that waits when a person hides: nobody is left waiting for them."""
    waiting = session.scalars(
        select(Engagement).where(
            Engagement.expert_id == expert.id, Engagement.state.in_(list(states.WAITING_STATES))
        )
    ).all()
    for engagement in waiting:
        release(session, engagement)


def release(session: Session, engagement: Engagement, *, tells: bool = True) -> None:
    """End one that waits, on the expert's side."""
    action = Action.DECLINE if engagement.state == State.INVITED else Action.WITHDRAW
    _move(session, engagement.expert.user_id, engagement, action, Side.EXPERT)
    if tells:
        emails.over(session, engagement, tell=Side.INSTITUTION)


def _begin(session: Session, need: Need, expert: Expert, state: State, message: str) -> Engagement:
    moment = now()
    engagement = Engagement(
        need=need,
        expert=expert,
        state=state,
        message=message.strip()[:MESSAGE_LENGTH],
        state_since=moment,
        due_at=states.due_at(state, moment),
    )
    session.add(engagement)
    session.flush()
    return engagement


def _move(
    session: Session, actor_id: int | None, engagement: Engagement, action: Action, side: Side
) -> None:
    """Take one step of the state machine; whoever comes second finds that it was taken."""
    arrow = states.find(engagement.state, action, side)
    if arrow is None:
        raise Conflict(_gone())
    moment = now()
    claimed = session.execute(
        update(Engagement)
        .where(Engagement.id == engagement.id, Engagement.state == arrow.source)
        .values(state=arrow.target, state_since=moment, due_at=states.due_at(arrow.target, moment))
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_gone())
    session.refresh(engagement, ["state", "state_since", "due_at"])
    audit.record(
        session,
        f"engagement.{action.value}",
        actor_id=actor_id,
        object_kind="engagement",
        object_id=engagement.id,
        side=side.value,
        need_id=engagement.need_id,
    )


def _record(session: Session, actor: User, engagement: Engagement, action: str) -> None:
    audit.record(
        session,
        action,
        actor_id=actor.id,
        object_kind="engagement",
        object_id=engagement.id,
        need_id=engagement.need_id,
    )


def _lock_expert(session: Session, expert_id: int) -> Expert | None:
    return session.scalar(
        select(Expert)
        .where(Expert.id == expert_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _require_open(need: Need) -> None:
    if not needs.is_open(need):
        raise Conflict(_("This need is not open any more. Look at the needs that are."))


def _require_not_erased(expert: Expert) -> None:
    if not expert.user.is_active:
        raise NotFound(_gone())


def _other(side: Side) -> Side:
    return Side.INSTITUTION if side is Side.EXPERT else Side.EXPERT


def _not_available() -> str:
    return _("This person cannot take an invitation at the moment. Please choose somebody else.")


def _gone() -> str:
    return _("This was answered or ended meanwhile. Reload the page to see where it stands.")
