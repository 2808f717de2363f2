"""Needs: drafts are private to their institution; what was open stays readable."""

from __future__ import annotations

from models import Need
from models.choices import NeedState, NeedVisibility
from virtual_return.errors import N_
from virtual_return.policy import institutions
from virtual_return.policy.actor import Anybody, actor_of
from virtual_return.policy.acts import act
from virtual_return.policy.decisions import ALLOW, HIDE, Decision, not_now
from virtual_return.policy.need_life import EDITABLE, READABLE, Act, allows

BEING_READ = N_("Programme staff are reading this need. Take it back to change it.")
APPROVED_AS_IS = N_(
    "This need was approved as it stands, so it cannot be changed. "
    "Duplicate it to write a new one from it."
)
CHANGED_MEANWHILE = N_("This need has changed in the meantime. Read it again, then decide.")
ONLY_DRAFTS = N_("Only a draft can be deleted. Close this need instead.")


@act("need.read")
def read(actor: Anybody, need: Need) -> Decision:
    """Members always; others what was opened, of a verified institution, and meant for them."""
    who = actor_of(actor)
    if who.is_member(need.institution):
        return ALLOW
    is_for_them = who.is_known or need.visibility == NeedVisibility.PUBLIC
    was_opened = need.opened_at is not None and need.state in READABLE
    return ALLOW if is_for_them and was_opened and need.institution.is_verified else HIDE


@act("need.read_counterpart")
def read_counterpart(actor: Anybody, need: Need, *, is_engaged: bool) -> Decision:
    """Members, and experts with whom both said yes about this need."""
    who = actor_of(actor)
    if who.is_member(need.institution) or (who.is_known and is_engaged):
        return ALLOW
    return HIDE


@act("need.manage")
def manage(actor: Anybody, need: Need) -> Decision:
    """Members see how it stands, and who could do it."""
    return institutions.read(actor, need.institution)


@act("need.look_after")
def look_after(actor: Anybody, need: Need) -> Decision:
    """Owners and editors."""
    return institutions.edit(actor, need.institution)


@act("need.edit")
def edit(actor: Anybody, need: Need) -> Decision:
    """Owners and editors, while it is a draft or was sent back."""
    allowed = look_after(actor, need)
    if not allowed or need.state in EDITABLE:
        return allowed
    return not_now(BEING_READ if need.state == NeedState.SUBMITTED else APPROVED_AS_IS)


@act("need.act")
def take_step(actor: Anybody, need: Need, step: Act) -> Decision:
    """Owners and editors, where the state has such a step."""
    allowed = look_after(actor, need)
    return not_now(CHANGED_MEANWHILE) if allowed and not allows(need, step) else allowed


@act("need.discard")
def discard(actor: Anybody, need: Need) -> Decision:
    """Owners and editors, a draft that nobody outside the institution ever read."""
    allowed = look_after(actor, need)
    is_untouched = need.state == NeedState.DRAFT and need.reviewed_by_id is None
    return not_now(ONLY_DRAFTS) if allowed and not is_untouched else allowed


@act("need.invite_for")
def invite_for(actor: Anybody, need: Need) -> Decision:
    """Owners and editors; a viewer reads the list and writes to nobody."""
    return look_after(actor, need)


@act("need.review")
def review(actor: Anybody, need: Need) -> Decision:
    """Programme staff who do not belong to its institution; a draft is the institution's own."""
    allowed = institutions.review(actor, need.institution)
    return HIDE if allowed and need.state == NeedState.DRAFT else allowed
