"""Selects about institutions and their members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Institution, Membership, Need, User
from models.choices import NeedState, Role, VerificationState
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
        )
        .order_by(Institution.name, Institution.id)
    )
    return list(rows)


def members(session: Session, institution: Institution, viewer: User) -> list[Member]:
    """Return the members, owners first."""
    rows = session.execute(
        select(User.public_id, User.name, User.email, Membership.role, Membership.created_at)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.institution_id == institution.id)
        .order_by(Membership.created_at, Membership.id)
    )
    found = [
        Member(public_id, name, email or "", role, since, public_id == viewer.public_id)
        for public_id, name, email, role, since in rows
    ]
    order = list(Role)
    return sorted(found, key=lambda member: order.index(member.role))


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


def partners(session: Session, institution: Institution) -> list[Institution]:
    """Return approved institutions that could be the partner of a need."""
    rows = session.scalars(
        select(Institution)
        .where(
            Institution.is_verified,
            Institution.id != institution.id,
        )
        .order_by(Institution.working_name, Institution.name)
        .limit(500)
    )
    return list(rows)


def needs_of(session: Session, institution: Institution) -> Sequence[Need]:
    """Return an institution's needs for its members, the latest change first."""
    return session.scalars(
        select(Need)
        .where(Need.institution_id == institution.id)
        .order_by(Need.updated_at.desc(), Need.id.desc())
    ).all()
