"""What tests of evidence share: an institution that is not verified yet, and what it did."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution, MailMessage, OutboxEntry, User
from models.choices import VerificationState
from tests.support.factories import make_institution


def make_draft(session: Session, owner: User, **values: object) -> Institution:
    """Add an institution whose domain is that of its web site."""
    defaults: dict[str, object] = {
        "state": VerificationState.DRAFT,
        "verified_at": None,
        "verification_evidence": "",
        "domain": "gollis.example",
        "website": "https://www.gollis.example/",
    }
    return make_institution(session, owner=owner, **{**defaults, **values})


def audited(session: Session, institution: Institution) -> list[str]:
    """Return what the audit trail says of an institution."""
    session.flush()
    return [
        action.removeprefix("institution.")
        for action in session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.object_kind == "institution", AuditEvent.object_id == institution.id)
            .order_by(AuditEvent.id)
        )
    ]


def mails(session: Session, kind: str) -> list[MailMessage]:
    return list(session.scalars(select(MailMessage).where(MailMessage.kind == kind)))


def enqueued(session: Session, job: str) -> list[dict[str, object]]:
    return list(session.scalars(select(OutboxEntry.arguments).where(OutboxEntry.job == job)))
