"""Mail about an institution to the people who act for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Institution, Invitation, JoinRequest, Membership, User
from models.choices import RequestState
from virtual_return.addresses import absolute_url
from virtual_return.institutions import queries
from virtual_return.jobs.mailing import post


def institution_decided(session: Session, institution: Institution) -> None:
    """Tell owners and editors what programme staff decided; the reason stands in the mail."""
    for user in queries.people_to_tell(session, institution):
        post(
            session,
            "institution_decided",
            recipient=user.email or "",
            user=user,
            locale=user.locale,
            institution=institution.shown_name,
            state=institution.state,
            reason=institution.review_note,
            address=absolute_url("institutions.show", public_id=institution.public_id),
        )


def member_invited(
    session: Session, invitation: Invitation, *, token: str, until: datetime
) -> None:
    """Send somebody the link through which they join; they may have no account yet."""
    inviter = invitation.invited_by
    post(
        session,
        "member_invited",
        recipient=invitation.email,
        user=None,
        locale=inviter.locale,
        institution=invitation.institution.shown_name,
        inviter=inviter.name,
        role=invitation.role,
        until=until,
        address=absolute_url("institutions.join", token=token),
    )


def role_changed(session: Session, membership: Membership) -> None:
    """Tell a member what they may do now."""
    institution = membership.institution
    _tell(
        session, membership.user, "member_role", institution,
        role=membership.role, endpoint="institutions.show",
    )  # fmt: skip


def member_removed(session: Session, institution: Institution, user: User) -> None:
    """Tell somebody that they belong no more; the page that they may open is the public one."""
    _tell(session, user, "member_removed", institution, endpoint="needs.institution")


def member_joined(session: Session, institution: Institution, user: User) -> None:
    """Tell owners that somebody joined by themselves; who it is stands on the page."""
    for owner in queries.owners_to_tell(session, institution):
        if owner.id != user.id:
            _tell(session, owner, "member_joined", institution, endpoint="institutions.members")


def join_requested(session: Session, request: JoinRequest, *, is_reminder: bool = False) -> None:
    """Tell owners that somebody asks to join; who it is stands on the page."""
    for owner in queries.owners_to_tell(session, request.institution):
        _tell(
            session, owner, "join_requested", request.institution,
            is_reminder=is_reminder, endpoint="institutions.members",
        )  # fmt: skip


def join_answered(session: Session, request: JoinRequest) -> None:
    """Tell somebody what became of their request."""
    was_accepted = request.state == RequestState.ACCEPTED
    _tell(
        session, request.user, "join_answered", request.institution,
        state=request.state,
        endpoint="institutions.show" if was_accepted else "needs.institution",
    )  # fmt: skip


def _tell(
    session: Session,
    user: User,
    kind: str,
    institution: Institution,
    *,
    endpoint: str,
    **context: Any,
) -> None:
    if user.email is None or not user.is_active:
        return
    post(
        session,
        kind,
        recipient=user.email,
        user=user,
        locale=user.locale,
        institution=institution.shown_name,
        address=absolute_url(endpoint, public_id=institution.public_id),
        **context,
    )
