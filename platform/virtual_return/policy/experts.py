"""Profiles: the person's own, and as much for others as the person chose.

Who may find whom is decided in the query (`experts/privacy.py`), from these levels.
"""

from __future__ import annotations

from models import Expert
from models.choices import Visibility
from virtual_return.policy.actor import Anybody, actor_of
from virtual_return.policy.acts import act
from virtual_return.policy.decisions import ALLOW, HIDE, Decision

NAMED_LEVELS = (Visibility.INSTITUTIONS_NAMED, Visibility.MEMBERS)
INSTITUTION_LEVELS = (Visibility.INSTITUTIONS_ANONYMOUS, *NAMED_LEVELS)
STAFF_LEVELS = (Visibility.STAFF, *INSTITUTION_LEVELS)


@act("profile.edit")
def edit(actor: Anybody, expert: Expert) -> Decision:
    """The person."""
    who = actor_of(actor)
    is_own = who.is_known and who.user is not None and expert.user_id == who.user.id
    return ALLOW if is_own else HIDE


def may_be_named(expert: Expert) -> bool:
    """Say whether the person chose to be found with their name by those who may find them."""
    return expert.visibility in NAMED_LEVELS
