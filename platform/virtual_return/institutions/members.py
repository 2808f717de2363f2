"""Verbs that change who belongs to an institution; there is never one without an owner.

Each takes the same lock and then looks at roles as they stand now, so that of two who act at the
same moment the second acts on what the first left.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Institution, Invitation, JoinRequest, Membership, User
from models.choices import RequestState, Role
from virtual_return import audit
from virtual_return.accounts import ownership
from virtual_return.errors import Conflict, Invalid, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import emails, permissions

MAXIMUM_MEMBERS = 100
MAXIMUM_INSTITUTIONS = 10


def change_role(
    session: Session, actor: User, institution: Institution, *, public_id: str, role: Role
) -> None:
    """Give a member another role."""
    _begin(session, actor, institution)
    permissions.require_manage(actor, institution)
    membership = _membership(session, institution, public_id)
    if membership.role == role:
        return
    if membership.role == Role.OWNER:
        ownership.require_another(session, institution.id, membership.user_id)
    _set_role(session, actor, membership, role)
    emails.role_changed(session, membership)


def transfer(session: Session, actor: User, institution: Institution, *, public_id: str) -> None:
    """Hand ownership to another member, and stay as an editor: both or nothing."""
    _begin(session, actor, institution)
    permissions.require_manage(actor, institution)
    if public_id == actor.public_id:
        raise Invalid(_("Choose somebody else: you are an owner already."))
    heir = _membership(session, institution, public_id)
    if not heir.user.is_active:
        raise Conflict(_("This account is suspended. Choose another member."))
    own = _membership(session, institution, actor.public_id)
    _set_role(session, actor, heir, Role.OWNER)
    _set_role(session, actor, own, Role.EDITOR)
    record(session, actor, institution, "institution.ownership_transferred", member_id=heir.user_id)
    emails.role_changed(session, heir)


def appoint(session: Session, actor: User, institution: Institution, *, public_id: str) -> None:
    """Let programme staff name an owner where nobody who can act is left to do it."""
    permissions.require_review(actor, institution)
    if ownership.lock_owners(session, institution.id):
        raise Conflict(_("This institution has an owner. Roles are for its owners to give."))
    membership = _membership(session, institution, public_id)
    if not membership.user.is_active:
        raise Conflict(_("This account is suspended. Choose another member."))
    membership.role = Role.OWNER
    member_id = membership.user_id
    record(session, actor, institution, "institution.owner_appointed", member_id=member_id)
    emails.role_changed(session, membership)


def remove(session: Session, actor: User, institution: Institution, *, public_id: str) -> None:
    """Take somebody out; everybody may leave by themselves, only owners remove others.

    What they may no longer see is gone at their next request: pages ask for roles each time. What
    they did stays theirs in the audit trail and in the needs that they wrote.
    """
    _begin(session, actor, institution)
    permissions.require_member(actor, institution)
    if public_id != actor.public_id:
        permissions.require_manage(actor, institution)
    membership = _membership(session, institution, public_id)
    if membership.role == Role.OWNER:
        ownership.require_another(session, institution.id, membership.user_id)
    user = membership.user
    user.memberships.remove(membership)
    session.flush()
    session.expire(institution, ["memberships"])
    _close_ways_back(session, institution, user)
    record(session, actor, institution, "institution.member_removed", member_id=user.id)
    if user.id != actor.id:
        emails.member_removed(session, institution, user)


def add(
    session: Session, institution: Institution, user: User, role: Role, *, way: str
) -> Membership:
    """Let somebody in who has shown that they may; the caller holds the lock."""
    if len(user.memberships) >= MAXIMUM_INSTITUTIONS:
        raise Conflict(_("You belong to ten institutions already. Leave one of them first."))
    if len(institution.memberships) >= MAXIMUM_MEMBERS:
        raise Conflict(_("There are a hundred members already. Remove one before you add another."))
    membership = Membership(user=user, institution=institution, role=role)
    session.add(membership)
    session.flush()
    record(
        session, user, institution, "institution.member_joined",
        member_id=user.id, role=role.value, way=way,
    )  # fmt: skip
    return membership


def record(
    session: Session,
    actor: User,
    institution: Institution,
    action: str,
    **details: str | int | None,
) -> None:
    """Write what changed about members into the audit trail."""
    audit.record(
        session,
        action,
        actor_id=actor.id,
        object_kind="institution",
        object_id=institution.id,
        **details,
    )


def lock(session: Session, institution: Institution, *users: User) -> None:
    """Take the lock, and forget what was read of roles before it."""
    ownership.lock(session, institution.id)
    session.expire(institution, ["memberships"])
    for user in users:
        for membership in user.memberships:
            session.expire(membership)
        session.expire(user, ["memberships"])


def _begin(session: Session, actor: User, institution: Institution) -> None:
    # Before the lock: a stranger must not be able to make owners wait.
    permissions.require_member(actor, institution)
    lock(session, institution, actor)


def _membership(session: Session, institution: Institution, public_id: str) -> Membership:
    membership = session.scalar(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.institution_id == institution.id, User.public_id == public_id)
        .execution_options(populate_existing=True)
    )
    if membership is None:
        raise NotFound
    return membership


def _set_role(session: Session, actor: User, membership: Membership, role: Role) -> None:
    membership.role = role
    session.flush()
    changed = {"member_id": membership.user_id, "role": role.value}
    record(session, actor, membership.institution, "institution.role_changed", **changed)


def _close_ways_back(session: Session, institution: Institution, user: User) -> None:
    """Let nobody who was taken out come back through an older invitation or request."""
    session.execute(
        delete(Invitation).where(
            Invitation.institution_id == institution.id,
            (Invitation.email == user.email) | (Invitation.invited_by_id == user.id),
        )
    )
    session.execute(
        delete(JoinRequest).where(
            JoinRequest.institution_id == institution.id,
            JoinRequest.user_id == user.id,
            JoinRequest.state != RequestState.DECLINED,
        )
    )
