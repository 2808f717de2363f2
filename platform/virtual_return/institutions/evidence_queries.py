"""Selects about what shows that an institution is what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models import Institution, InstitutionEvidence
from models.choices import ProofKind, ProofState
from virtual_return.errors import NotFound
from virtual_return.institutions import domains

OF_DOMAIN = (ProofKind.EMAIL, ProofKind.DNS, ProofKind.SITE_FILE)


def all_of(session: Session, institution: Institution) -> Sequence[InstitutionEvidence]:
    """Return everything, the latest first; notes are for coordinators alone."""
    return session.scalars(
        select(InstitutionEvidence)
        .where(InstitutionEvidence.institution_id == institution.id)
        .order_by(InstitutionEvidence.id.desc())
    ).all()


def for_members(session: Session, institution: Institution) -> list[InstitutionEvidence]:
    """Return what an institution gave itself."""
    return [item for item in all_of(session, institution) if item.kind is not ProofKind.NOTE]


def find(session: Session, institution: Institution, public_id: str) -> InstitutionEvidence:
    """Return one piece of an institution's evidence."""
    found = session.scalar(
        select(InstitutionEvidence).where(
            InstitutionEvidence.institution_id == institution.id,
            InstitutionEvidence.public_id == public_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def grounds(session: Session, institution: Institution) -> list[str]:
    """Return the kinds of evidence on which a decision can stand now."""
    rows = session.scalars(
        select(InstitutionEvidence)
        .where(InstitutionEvidence.institution_id == institution.id, _counts())
        .order_by(InstitutionEvidence.id)
    )
    kept = (item for item in rows if _is_still_its_own(institution, item))
    return list(dict.fromkeys(item.kind.value for item in kept))


def proved_domains(session: Session, institution: Institution) -> frozenset[str]:
    """Return the hosts that were proved, by whatever way, and are still the institution's own."""
    rows = session.scalars(
        select(InstitutionEvidence.domain).where(
            InstitutionEvidence.institution_id == institution.id,
            InstitutionEvidence.kind.in_(OF_DOMAIN),
            InstitutionEvidence.state == ProofState.PROVED,
        )
    )
    return frozenset(host for host in rows if domains.is_below_own(institution, host))


def count(session: Session, institution: Institution) -> int:
    """Return how many pieces there are that the institution gave."""
    query = select(func.count(InstitutionEvidence.id)).where(
        InstitutionEvidence.institution_id == institution.id,
        InstitutionEvidence.kind != ProofKind.NOTE,
    )
    return session.scalar(query) or 0


def due_for_check(session: Session, moment: datetime) -> Sequence[InstitutionEvidence]:
    """Return what the worker is to look at again by itself."""
    return session.scalars(
        select(InstitutionEvidence)
        .where(
            InstitutionEvidence.state == ProofState.WAITING,
            InstitutionEvidence.next_check_at <= moment,
        )
        .order_by(InstitutionEvidence.id)
        .limit(200)
    ).all()


def run_out(session: Session, moment: datetime) -> Sequence[InstitutionEvidence]:
    """Return what waits longer than it may."""
    return session.scalars(
        select(InstitutionEvidence).where(
            InstitutionEvidence.state == ProofState.WAITING,
            InstitutionEvidence.expires_at <= moment,
        )
    ).all()


def with_documents(session: Session) -> Sequence[InstitutionEvidence]:
    """Return every piece whose document is still stored."""
    return session.scalars(
        select(InstitutionEvidence).where(InstitutionEvidence.file_name != "")
    ).all()


def created_by(session: Session, user_id: int) -> Sequence[InstitutionEvidence]:
    """Return what one person gave."""
    return session.scalars(
        select(InstitutionEvidence)
        .where(InstitutionEvidence.created_by_id == user_id)
        .order_by(InstitutionEvidence.id)
    ).all()


def _counts() -> ColumnElement[bool]:
    return or_(
        and_(
            InstitutionEvidence.kind.in_(OF_DOMAIN), InstitutionEvidence.state == ProofState.PROVED
        ),
        and_(InstitutionEvidence.kind == ProofKind.DOCUMENT, InstitutionEvidence.file_name != ""),
        InstitutionEvidence.kind == ProofKind.NOTE,
    )


def _is_still_its_own(institution: Institution, item: InstitutionEvidence) -> bool:
    return not item.domain or domains.is_below_own(institution, item.domain)
