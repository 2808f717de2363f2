"""What becomes of engagements when two accounts of one person become one.

Nobody stands on both sides of one engagement that goes on, as its institution or as the partner
that hosts with it; what is over stays as it was. One person has one engagement for one need.
"""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models import Engagement, Membership, Need
from models.choices import EngagementState as State
from virtual_return import audit
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import MOVES, Merge
from virtual_return.engagements import operations, states
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _
from virtual_return.i18n import ngettext

# Of two for one need the further one stays; what is over is the least.
FURTHEST = (
    State.REPORTED, State.ACTIVE, State.AGREED, State.ACCEPTED, State.CLOSED, State.ENDED_EARLY,
    State.OFFERED, State.SHORTLISTED, State.INVITED, State.APPLIED, State.SUGGESTED,
    State.DECLINED, State.WITHDRAWN, State.EXPIRED,
)  # fmt: skip


def install() -> None:
    """Take part in merging accounts."""
    movers.register(
        "engagements",
        {
            "engagement.expert_id": "moves; of two for one need the further one stays",
            "engagement.invited_by_id": MOVES,
        },
        move,
        look=look,
    )


def look(session: Session, merge: Merge) -> list[str]:
    """Refuse to end work that was agreed on; say what waits and would be released."""
    on_both = _on_both_sides(session, merge)
    for engagement in on_both:
        if engagement.state in states.PLACE_TAKING_STATES:
            raise Conflict(
                _(
                    "One of the two accounts works as an expert for an institution that the other "
                    "belongs to: %(title)s. Nobody can stand on both sides. End that engagement, "
                    "or leave the institution; then come back.",
                    title=engagement.need.title,
                )
            )
    said = []
    released = sum(engagement.state in states.WAITING_STATES for engagement in on_both)
    if released:
        said.append(
            ngettext(
                "One invitation or offer between your own profile and your own institution is "
                "taken back, since nobody can stand on both sides.",
                "%(num)d invitations or offers between your own profile and your own institution "
                "are taken back, since nobody can stand on both sides.",
                released,
            )
        )
    doubles = len(_doubles(session, merge))
    if doubles:
        said.append(
            ngettext(
                "For one need both profiles have an engagement: the one that is further stays.",
                "For %(num)d needs both profiles have an engagement: the one that is further "
                "stays.",
                doubles,
            )
        )
    return said


def move(session: Session, merge: Merge) -> None:
    """Release what cannot be, then move the rest."""
    movers.move(session, Engagement, "invited_by_id", merge.source.id, merge.target.id)
    for engagement in _on_both_sides(session, merge):
        if engagement.state in states.WAITING_STATES:
            operations.release(session, engagement)
    if merge.dropped_expert_id is None or merge.kept_expert_id is None:
        return
    for kept, dropped in _doubles(session, merge):
        _put_together(session, merge, kept, dropped)
    movers.move(session, Engagement, "expert_id", merge.dropped_expert_id, merge.kept_expert_id)


def _on_both_sides(session: Session, merge: Merge) -> list[Engagement]:
    people = (merge.source.id, merge.target.id)
    own = select(Membership.institution_id).where(Membership.user_id.in_(people))
    return list(
        session.scalars(
            select(Engagement)
            .join(Need, Need.id == Engagement.need_id)
            .where(
                Engagement.expert_id.in_(_experts(merge)),
                or_(Need.institution_id.in_(own), Need.partner_institution_id.in_(own)),
            )
            .order_by(Engagement.id)
        )
    )


def _doubles(session: Session, merge: Merge) -> list[tuple[Engagement, Engagement]]:
    """Return pairs for one need: the one that stays first."""
    by_need: dict[int, list[Engagement]] = {}
    rows = select(Engagement).where(Engagement.expert_id.in_(_experts(merge)))
    for row in session.scalars(rows.order_by(Engagement.id)):
        by_need.setdefault(row.need_id, []).append(row)
    return [
        (pair[0], pair[1])
        for found in by_need.values()
        if len(pair := sorted(found, key=lambda row: FURTHEST.index(row.state))) > 1
    ]


def _put_together(session: Session, merge: Merge, kept: Engagement, dropped: Engagement) -> None:
    """Release the one that is behind, and keep what it said where the other says nothing."""
    if dropped.state in states.WAITING_STATES:
        operations.release(session, dropped, tells=False)
    audit.record(
        session,
        "engagement.merged",
        actor_id=merge.target.id,
        object_kind="engagement",
        object_id=kept.id,
        dropped_id=dropped.id,
        dropped_state=dropped.state.value,
        need_id=kept.need_id,
    )
    values = {
        name: getattr(kept, name) or getattr(dropped, name)
        for name in ("message", "private_reason")
    }
    session.execute(delete(Engagement).where(Engagement.id == dropped.id))
    session.execute(update(Engagement).where(Engagement.id == kept.id).values(values))
    session.expire_all()


def _experts(merge: Merge) -> list[int]:
    return [id for id in (merge.kept_expert_id, merge.dropped_expert_id) if id is not None]
