"""Mail about the verification of an institution: proofs, and its yearly renewal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import Institution, User
from virtual_return.addresses import absolute_url
from virtual_return.institutions import queries, states
from virtual_return.jobs.mailing import post


def renewal_coming(session: Session, institution: Institution) -> None:
    """Say that the year is over soon, and that one may renew now."""
    _tell(session, institution, "renewal_coming", until=institution.reverification_due_at)


def renewal_due(session: Session, institution: Institution) -> None:
    """Say that the year is over, and until when what was verified holds."""
    _tell(session, institution, "renewal_due", until=states.lapses_at(institution))


def renewal_last_call(session: Session, institution: Institution) -> None:
    """Say once more when it ends."""
    _tell(session, institution, "renewal_last_call", until=states.lapses_at(institution))


def _tell(session: Session, institution: Institution, kind: str, *, until: datetime | None) -> None:
    """Write to owners and editors, once for each end of a year."""
    due = institution.reverification_due_at
    for user in queries.people_to_tell(session, institution):
        post(
            session,
            "institution_renewal",
            recipient=user.email or "",
            user=user,
            locale=user.locale,
            unique_key=f"{kind}:{institution.id}:{due.date() if due else ''}:{user.id}",
            moment_kind=kind,
            institution=institution.shown_name,
            until=until,
            address=absolute_url("institutions.verification", public_id=institution.public_id),
        )


def email_proof(
    session: Session, institution: Institution, asker: User, *, email: str, token: str
) -> None:
    """Send the link that shows that somebody reads mail at the institution's domain."""
    post(
        session,
        "institution_email_proof",
        recipient=email,
        user=None,
        locale=asker.locale,
        institution=institution.shown_name,
        asker=asker.name,
        address=absolute_url(
            "institutions.evidence_prove", public_id=institution.public_id, token=token
        ),
    )
