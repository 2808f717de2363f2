"""What programme staff may do, and what people may do with accounts."""

from __future__ import annotations

from models import User
from virtual_return.policy.actor import Anybody, actor_of
from virtual_return.policy.acts import act
from virtual_return.policy.decisions import ALLOW, HIDE, Answer, Decision


@act("programme.coordinate")
def coordinate(actor: Anybody) -> Decision:
    """Programme staff, once they showed a second factor; for others there is nothing."""
    who = actor_of(actor)
    if not who.is_staff:
        return HIDE
    return ALLOW if who.has_second_factor else Decision(Answer.STEP_UP)


@act("account.erase")
def erase(actor: Anybody, account: User) -> Decision:
    """The person, and programme staff; an account that was erased is not there."""
    who = actor_of(actor)
    is_own = who.user is not None and who.user.id == account.id
    if not is_own and not who.is_staff:
        return Decision(Answer.REFUSE)
    return ALLOW if account.erased_at is None else HIDE
