"""Mail about an institution to the people who act for it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Institution, User, now
from models.choices import Role
from virtual_return.addresses import absolute_url
from virtual_return.institutions import queries
from virtual_return.institutions.members import VALID_FOR
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
    session: Session,
    institution: Institution,
    inviter: User,
    *,
    email: str,
    signed: str,
    role: Role,
) -> None:
    """Send somebody the link through which they join; they may have no account yet."""
    post(
        session,
        "member_invited",
        recipient=email,
        user=None,
        locale=inviter.locale,
        institution=institution.shown_name,
        inviter=inviter.name,
        role=role,
        until=now() + VALID_FOR,
        address=absolute_url("institutions.join", signed=signed),
    )
