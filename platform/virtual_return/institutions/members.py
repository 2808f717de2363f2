"""Verbs that change who belongs to an institution; there is never one without an owner."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution, Membership, User, now
from models.choices import Role
from virtual_return import audit
from virtual_return.errors import Conflict, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions, queries
from virtual_return.security import SignatureError, sign, unsign

PURPOSE = "institution-invitation"
VALID_FOR = timedelta(days=7)
MAXIMUM_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a signed link says. The address is in it only as a keyed hash."""

    institution_id: str
    role: Role
    inviter_id: int
    issued_at: int
    fingerprint: str

    def signed(self, secret: str) -> str:
        parts = (self.institution_id, self.role, self.inviter_id, self.issued_at, self.fingerprint)
        return sign(secret, PURPOSE, " ".join(str(part) for part in parts))

    @property
    def issued(self) -> datetime:
        return datetime.fromtimestamp(self.issued_at, tz=now().tzinfo)


def read_invitation(secret: str, signed: str) -> Invitation:
    """Return what a link says; a link that we did not write leads nowhere."""
    try:
        institution_id, role, inviter, issued, fingerprint = unsign(secret, PURPOSE, signed).split()
        return Invitation(institution_id, Role(role), int(inviter), int(issued), fingerprint)
    except (SignatureError, ValueError) as error:
        raise NotFound from error


def invite(
    session: Session, actor: User, institution: Institution, *, email: str, role: Role, secret: str
) -> Invitation:
    """Make an invitation for one address; nothing is granted before its owner opens it."""
    permissions.require_manage(actor, institution)
    email = email.strip().lower()
    members = queries.members(session, institution, actor)
    if any(member.email == email for member in members):
        raise Conflict(_("This person belongs to the institution already."))
    if len(members) >= MAXIMUM_MEMBERS:
        raise Conflict(_("There are a hundred members already. Remove one before you add another."))
    _record(session, actor, institution, "institution.member_invited", role=role.value)
    return Invitation(
        institution.public_id, role, actor.id, int(now().timestamp()), _fingerprint(secret, email)
    )


def join(session: Session, actor: User, invitation: Invitation, *, secret: str) -> Institution:
    """Become a member through an invitation that is meant for this account and still stands."""
    institution = queries.find(session, invitation.institution_id)
    if permissions.is_member(actor, institution):
        return institution
    _require_standing(session, actor, institution, invitation, secret)
    membership = Membership(user=actor, institution=institution, role=invitation.role)
    session.add(membership)
    session.flush()
    _record(
        session,
        actor,
        institution,
        "institution.member_joined",
        member_id=actor.id,
        role=invitation.role.value,
    )
    return institution


def is_for(user: User, invitation: Invitation, *, secret: str) -> bool:
    """Say whether an invitation was sent to the address of this account."""
    return bool(user.email) and hmac.compare_digest(
        _fingerprint(secret, user.email or ""), invitation.fingerprint
    )


def change_role(
    session: Session, actor: User, institution: Institution, *, public_id: str, role: Role
) -> None:
    """Give a member another role."""
    permissions.require_manage(actor, institution)
    membership = _membership(session, institution, public_id)
    if membership.role == role:
        return
    if membership.role == Role.OWNER:
        _require_another_owner(session, institution, membership)
    membership.role = role
    changed = {"member_id": membership.user_id, "role": role.value}
    _record(session, actor, institution, "institution.role_changed", **changed)


def remove(session: Session, actor: User, institution: Institution, *, public_id: str) -> None:
    """Take somebody out; everybody may leave by themselves, only owners remove others."""
    permissions.require_member(actor, institution)
    if public_id != actor.public_id:
        permissions.require_manage(actor, institution)
    membership = _membership(session, institution, public_id)
    if membership.role == Role.OWNER:
        _require_another_owner(session, institution, membership)
    user_id = membership.user_id
    membership.user.memberships.remove(membership)
    session.flush()
    session.expire(institution, ["memberships"])
    _record(session, actor, institution, "institution.member_removed", member_id=user_id)


def _membership(session: Session, institution: Institution, public_id: str) -> Membership:
    membership = session.scalar(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.institution_id == institution.id, User.public_id == public_id)
    )
    if membership is None:
        raise NotFound
    return membership


def _require_another_owner(
    session: Session, institution: Institution, membership: Membership
) -> None:
    """Lock the owners, so that two of them cannot step down at the same moment."""
    owners = session.scalars(
        select(Membership)
        .where(Membership.institution_id == institution.id, Membership.role == Role.OWNER)
        .order_by(Membership.id)
        .with_for_update()
    ).all()
    if all(owner.id == membership.id for owner in owners):
        raise Conflict(_("An institution needs an owner. Make another member owner first."))


def _require_standing(
    session: Session, actor: User, institution: Institution, invitation: Invitation, secret: str
) -> None:
    """Refuse a link that is old, meant for another address, or was taken back since."""
    if not is_for(actor, invitation, secret=secret):
        raise Conflict(
            _("This invitation was sent to another address. Sign in with that address to join.")
        )
    inviter = session.get(User, invitation.inviter_id)
    is_over = now() - invitation.issued > VALID_FOR
    if is_over or not permissions.can_manage(inviter, institution):
        raise Conflict(_("This invitation is no longer valid. Ask an owner for a new one."))
    removals = session.scalars(
        select(AuditEvent).where(
            AuditEvent.object_kind == "institution",
            AuditEvent.object_id == institution.id,
            AuditEvent.action == "institution.member_removed",
            AuditEvent.created_at >= invitation.issued,
        )
    )
    if any(event.details.get("member_id") == actor.id for event in removals):
        raise Conflict(_("This invitation is no longer valid. Ask an owner for a new one."))


def _fingerprint(secret: str, email: str) -> str:
    key = f"{PURPOSE}:{secret}".encode()
    return hmac.new(key, email.encode(), hashlib.sha256).hexdigest()[:32]


def _record(
    session: Session,
    actor: User,
    institution: Institution,
    action: str,
    **details: str | int | None,
) -> None:
    audit.record(
        session,
        action,
        actor_id=actor.id,
        object_kind="institution",
        object_id=institution.id,
        **details,
    )
