"""Engagements: two sides, and nobody else."""

from __future__ import annotations

from models import Engagement
from virtual_return.errors import N_
from virtual_return.policy import institutions
from virtual_return.policy.actor import Anybody, actor_of
from virtual_return.policy.acts import act
from virtual_return.policy.decisions import ALLOW, HIDE, Decision, not_now
from virtual_return.policy.engagement_life import Action, Side, find

GONE = N_("This was answered or ended meanwhile. Reload the page to see where it stands.")


def side_of(engagement: Engagement, actor: Anybody) -> Side | None:
    """Return the side on which somebody stands, or None for a stranger."""
    who = actor_of(actor)
    if who.user is None or not who.is_known:
        return None
    if engagement.expert.user_id == who.user.id:
        return Side.EXPERT
    return Side.INSTITUTION if who.is_member(engagement.need.institution) else None


@act("engagement.read")
def read(actor: Anybody, engagement: Engagement) -> Decision:
    """The expert and the institution's members; nobody else learns of it."""
    return HIDE if side_of(engagement, actor) is None else ALLOW


@act("engagement.read_names")
def read_names(actor: Anybody, engagement: Engagement) -> Decision:
    """Both sides, once both said yes."""
    allowed = read(actor, engagement)
    return HIDE if allowed and engagement.revealed_at is None else allowed


@act("engagement.act")
def take_step(actor: Anybody, engagement: Engagement, action: Action) -> Decision:
    """The side whose step it is; for an institution, owners and editors."""
    side = side_of(engagement, actor)
    if side is None or action is Action.EXPIRE:
        return HIDE
    if side is Side.INSTITUTION:
        allowed = institutions.edit(actor, engagement.need.institution)
        if not allowed:
            return allowed
    return ALLOW if find(engagement.state, action, side) else not_now(GONE)
