"""Selects about institutions and their members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import Institution, Invitation, JoiningRule, JoinRequest, Membership, Need, User, now
from models.choices import NeedState, Relation, RequestState, Role, VerificationState
from virtual_return.errors import NotFound
from virtual_return.institutions import permissions


@dataclass(frozen=True, slots=True)
class MyInstitution:
    """One line of "my institutions"."""

    institution: Institution
    role: Role
    need_count: int
    open_need_count: int


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the members' list, for members only."""

    public_id: str
    name: str
    email: str
    role: Role
    since: datetime
    is_me: bool
    # The account is not suspended.
    can_act: bool


def find(session: Session, public_id: str) -> Institution:
    """Return an institution whatever its state; the caller checks who asks."""
    institution = session.scalar(select(Institution).where(Institution.public_id == public_id))
    if institution is None:
        raise NotFound
    return institution


def find_for_member(session: Session, user: User, public_id: str) -> Institution:
    """Return an institution to somebody who belongs to it; nobody else learns that it exists."""
    institution = find(session, public_id)
    permissions.require_member(user, institution)
    return institution


def find_approved(session: Session, public_id: str) -> Institution:
    """Return an institution that everybody may see."""
    institution = find(session, public_id)
    if not institution.is_verified:
        raise NotFound
    return institution


def mine(session: Session, user: User) -> list[MyInstitution]:
    """Return the institutions that a person belongs to, with how many needs each has."""
    total = func.count(Need.id)
    opened = func.count(Need.id).filter(Need.state == NeedState.OPEN)
    rows = session.execute(
        select(Institution, Membership.role, total, opened)
        .join(Membership, Membership.institution_id == Institution.id)
        .outerjoin(Need, Need.institution_id == Institution.id)
        .where(Membership.user_id == user.id)
        .group_by(Institution.id, Membership.role)
        .order_by(Institution.name, Institution.id)
    )
    return [MyInstitution(*row) for row in rows]


def writable(session: Session, user: User) -> list[Institution]:
    """Return the institutions for which a person may write needs."""
    rows = session.scalars(
        select(Institution)
        .join(Membership, Membership.institution_id == Institution.id)
        .where(
            Membership.user_id == user.id,
            Membership.role.in_((Role.OWNER, Role.EDITOR)),
            Institution.state != VerificationState.SUSPENDED,
            Institution.relation == Relation.HOST,
        )
        .order_by(Institution.name, Institution.id)
    )
    return list(rows)


def members(session: Session, institution: Institution, viewer: User) -> list[Member]:
    """Return the members, owners first."""
    rows = session.execute(
        select(User, Membership.role, Membership.created_at)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.institution_id == institution.id)
        .order_by(Membership.created_at, Membership.id)
    )
    found = [
        Member(
            user.public_id,
            user.name,
            user.email or "",
            role,
            since,
            is_me=user.id == viewer.id,
            can_act=user.is_active,
        )
        for user, role, since in rows
    ]
    order = list(Role)
    return sorted(found, key=lambda member: order.index(member.role))


def acts_for_another(user: User | None, institution: Institution) -> bool:
    """Say whether somebody writes for a verified institution that could stand beside this one."""
    if user is None or permissions.is_member(user, institution):
        return False
    return any(one.can_edit and one.institution.is_verified for one in user.memberships)


def people_to_tell(session: Session, institution: Institution) -> Sequence[User]:
    """Return the owners and editors who can be reached by mail."""
    return session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.institution_id == institution.id,
            Membership.role.in_((Role.OWNER, Role.EDITOR)),
            User.email.is_not(None),
            User.erased_at.is_(None),
            User.suspended_at.is_(None),
        )
        .order_by(User.id)
    ).all()


def has_acting_owner(session: Session, institution: Institution) -> bool:
    """Say whether somebody owns it whose account is neither suspended nor erased."""
    found = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.institution_id == institution.id,
            Membership.role == Role.OWNER,
            User.suspended_at.is_(None),
            User.erased_at.is_(None),
        )
    )
    return session.scalar(found.limit(1)) is not None


def owners_to_tell(session: Session, institution: Institution) -> Sequence[User]:
    """Return the owners who can be reached by mail: who belongs is for them to decide."""
    roles = {
        membership.user_id
        for membership in institution.memberships
        if membership.role == Role.OWNER
    }
    return [user for user in people_to_tell(session, institution) if user.id in roles]


def invitations(session: Session, institution: Institution) -> Sequence[Invitation]:
    """Return invitations that can still be used, for owners."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.institution_id == institution.id, Invitation.expires_at > now())
        .order_by(Invitation.created_at, Invitation.id)
    ).all()


def joining_rule(session: Session, institution: Institution) -> JoiningRule | None:
    """Return what an owner allowed about joining by domain."""
    return session.scalar(select(JoiningRule).where(JoiningRule.institution_id == institution.id))


def request_of(session: Session, user: User, institution: Institution) -> JoinRequest | None:
    """Return somebody's own request, whatever became of it."""
    return session.scalar(
        select(JoinRequest).where(
            JoinRequest.user_id == user.id, JoinRequest.institution_id == institution.id
        )
    )


def requests_to(session: Session, institution: Institution) -> Sequence[JoinRequest]:
    """Return the requests that wait for an owner's answer; nobody who lost their account."""
    return session.scalars(
        select(JoinRequest)
        .join(User, User.id == JoinRequest.user_id)
        .options(contains_eager(JoinRequest.user))
        .where(
            JoinRequest.institution_id == institution.id,
            JoinRequest.state == RequestState.WAITING,
            User.suspended_at.is_(None),
            User.erased_at.is_(None),
        )
        .order_by(JoinRequest.state_since, JoinRequest.id)
    ).all()


def requests_waiting_since(session: Session, moment: datetime) -> Sequence[JoinRequest]:
    """Return requests that nobody answered since before a moment."""
    return session.scalars(
        select(JoinRequest)
        .where(JoinRequest.state == RequestState.WAITING, JoinRequest.state_since <= moment)
        .order_by(JoinRequest.id)
    ).all()


def my_requests(session: Session, user: User) -> Sequence[JoinRequest]:
    """Return one's own requests that wait."""
    return session.scalars(
        select(JoinRequest)
        .options(joinedload(JoinRequest.institution))
        .where(JoinRequest.user_id == user.id, JoinRequest.state == RequestState.WAITING)
        .order_by(JoinRequest.id)
    ).all()


def search(session: Session, words: str, *, limit: int = 20) -> Sequence[Institution]:
    """Return verified institutions whose names hold these words; nothing for too short ones."""
    if len(words) < 2:
        return []
    pattern = "%" + "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in words) + "%"
    return session.scalars(
        select(Institution)
        .where(
            Institution.is_verified,
            or_(
                Institution.name.ilike(pattern, escape="\\"),
                Institution.working_name.ilike(pattern, escape="\\"),
                Institution.domain == words.lower(),
            ),
        )
        .order_by(Institution.working_name, Institution.name, Institution.id)
        .limit(limit)
    ).all()


def needs_of(session: Session, institution: Institution) -> Sequence[Need]:
    """Return an institution's needs for its members, the latest change first."""
    return session.scalars(
        select(Need)
        .where(Need.institution_id == institution.id)
        .order_by(Need.updated_at.desc(), Need.id.desc())
    ).all()
