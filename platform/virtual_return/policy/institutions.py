"""Institutions: their members by role, programme staff never about their own.

Strangers are told that nothing is there, since even the existence of a draft is private.
"""

from __future__ import annotations

from models import Institution
from models.choices import Role, VerificationState
from virtual_return.errors import N_
from virtual_return.policy.actor import Anybody, actor_of
from virtual_return.policy.acts import act
from virtual_return.policy.decisions import ALLOW, HIDE, Decision, not_now, refuse

ONLY_READ = N_("You can read this, not change it. Ask an owner of the institution for that role.")
ONLY_OWNERS = N_("Only an owner of the institution can do this. Ask one of them.")
OWN_INSTITUTION = N_("You belong to this institution, so that another coordinator has to decide.")
SUSPENDED = N_("This institution is suspended. Write an appeal to programme staff first.")


@act("institution.read")
def read(actor: Anybody, institution: Institution) -> Decision:
    """Members; nobody else learns that it exists."""
    return ALLOW if actor_of(actor).is_member(institution) else HIDE


@act("institution.read_public")
def read_public(_actor: Anybody, institution: Institution) -> Decision:
    """Everybody, while it is verified."""
    return ALLOW if institution.is_verified else HIDE


@act("institution.edit")
def edit(actor: Anybody, institution: Institution) -> Decision:
    """Owners and editors describe it, and write and open its needs."""
    role = actor_of(actor).role_in(institution)
    if role is None:
        return HIDE
    return refuse(ONLY_READ) if role == Role.VIEWER else ALLOW


@act("institution.manage")
def manage(actor: Anybody, institution: Institution) -> Decision:
    """Owners decide who belongs."""
    role = actor_of(actor).role_in(institution)
    if role is None:
        return HIDE
    return ALLOW if role == Role.OWNER else refuse(ONLY_OWNERS)


@act("institution.begin_need")
def begin_need(actor: Anybody, institution: Institution) -> Decision:
    """Owners and editors, unless the institution is suspended."""
    allowed = edit(actor, institution)
    if allowed and institution.state == VerificationState.SUSPENDED:
        return not_now(SUSPENDED)
    return allowed


@act("institution.review")
def review(actor: Anybody, institution: Institution) -> Decision:
    """Programme staff, but never about an institution that they belong to."""
    who = actor_of(actor)
    if not who.is_staff:
        return HIDE
    return refuse(OWN_INSTITUTION) if who.is_member(institution) else ALLOW
