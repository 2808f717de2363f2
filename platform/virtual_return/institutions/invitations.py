"""Invitations by mail: for one address, once, for a week, until their author takes them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Institution, Invitation, User, now
from models.choices import Role, VerificationState
from virtual_return.accounts.addresses import normalise
from virtual_return.errors import Conflict, Invalid, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import members, permissions, queries
from virtual_return.security import hash_token, new_token

VALID_FOR = timedelta(days=7)
MAXIMUM_WAITING = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation and the secret of its link, which is stored nowhere."""

    invitation: Invitation
    token: str


def invite(
    session: Session, actor: User, institution: Institution, *, email: str, role: Role
) -> Sent:
    """Invite one address; nothing is granted before its owner says yes. A newer one replaces."""
    permissions.require_manage(actor, institution)
    members.lock(session, institution, actor)
    permissions.require_manage(actor, institution)
    address = normalise(email)
    if address is None:
        raise Invalid(_("Write an address such as name@university.example."))
    _require_room(session, actor, institution, address)
    session.execute(
        delete(Invitation).where(
            Invitation.institution_id == institution.id, Invitation.email == address
        )
    )
    token = new_token()
    invitation = Invitation(
        institution=institution,
        email=address,
        role=role,
        invited_by=actor,
        token_hash=hash_token(token),
        expires_at=now() + VALID_FOR,
    )
    session.add(invitation)
    session.flush()
    members.record(session, actor, institution, "institution.member_invited", role=role.value)
    return Sent(invitation, token)


def find(session: Session, token: str) -> Invitation:
    """Return what a link stands for; one that was used, taken back or made up leads nowhere."""
    invitation = session.scalar(
        select(Invitation).where(Invitation.token_hash == hash_token(token))
    )
    if invitation is None:
        raise NotFound(
            _("This invitation was used, or is no longer valid. Ask an owner for a new one.")
        )
    return invitation


def is_for(user: User, invitation: Invitation) -> bool:
    """Say whether an invitation was sent to the address of this account."""
    return user.email is not None and user.email == invitation.email


def require_standing(user: User, invitation: Invitation) -> None:
    """Refuse a link that is meant for another address, old, or void with its author's role."""
    if not is_for(user, invitation):
        raise Conflict(
            _("This invitation was sent to another address. Sign in with that address to join.")
        )
    is_over = invitation.expires_at <= now()
    if is_over or not permissions.can_manage(invitation.invited_by, invitation.institution):
        raise Conflict(_("This invitation is no longer valid. Ask an owner for a new one."))
    if invitation.institution.state == VerificationState.SUSPENDED:
        raise Conflict(
            _("This institution is suspended. Nobody can join until programme staff end that.")
        )


def accept(session: Session, actor: User, token: str) -> Institution:
    """Become a member. The row goes: of two tabs one joins, and the other finds them a member."""
    invitation = find(session, token)
    institution = invitation.institution
    members.lock(session, institution, actor, invitation.invited_by)
    if not permissions.is_member(actor, institution):
        require_standing(actor, find(session, token))
        members.add(session, institution, actor, invitation.role, way="invitation")
    session.execute(delete(Invitation).where(Invitation.id == invitation.id))
    return institution


def revoke(session: Session, actor: User, institution: Institution, *, public_id: str) -> None:
    """Take an invitation back before it is used."""
    permissions.require_manage(actor, institution)
    gone = session.execute(
        delete(Invitation)
        .where(Invitation.institution_id == institution.id, Invitation.public_id == public_id)
        .returning(Invitation.id)
    ).all()
    if not gone:
        raise NotFound
    members.record(session, actor, institution, "institution.invitation_revoked")


def forget_old(session: Session) -> int:
    """Delete invitations that nobody can use any more, with the addresses in them."""
    return len(
        session.execute(
            delete(Invitation).where(Invitation.expires_at <= now()).returning(Invitation.id)
        ).all()
    )


def _require_room(session: Session, actor: User, institution: Institution, address: str) -> None:
    found = queries.members(session, institution, actor)
    if any(member.email == address for member in found):
        raise Conflict(_("This person belongs to the institution already."))
    if len(found) >= members.MAXIMUM_MEMBERS:
        raise Conflict(_("There are a hundred members already. Remove one before you add another."))
    if len(queries.invitations(session, institution)) >= MAXIMUM_WAITING:
        raise Conflict(_("Fifty invitations wait for an answer. Take one back first."))
