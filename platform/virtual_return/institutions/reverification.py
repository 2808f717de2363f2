"""The clock of what was verified: a reminder, the end of the year, the end of the time of grace."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Institution, Need, now
from models.choices import NeedState, ProofState, VerificationState
from virtual_return.i18n import gettext as _
from virtual_return.institutions import (
    approvals,
    emails,
    evidence,
    evidence_emails,
    evidence_queries,
    queries,
    states,
)
from virtual_return.institutions.operations import record
from virtual_return.institutions.states import GRACE, RENEW_BEFORE, VERIFIED_FOR, Step
from virtual_return.jobs.changes import changed_many

# Before the time of grace ends, the institution hears of it once more.
LAST_CALL = timedelta(days=14)


def run_clocks(session: Session) -> int:
    """Take every step that is due; safe to run at any time and twice. Return how many."""
    moment = now()
    _set_missing_ends(session)
    for institution in _approved_until(session, moment + RENEW_BEFORE):
        # The key of the message makes sure that it is written once for each end.
        evidence_emails.renewal_coming(session, institution)
    fallen = [item for item in _approved_until(session, moment) if _fall_due(session, item)]
    for institution in _due_since(session, moment - GRACE + LAST_CALL):
        evidence_emails.renewal_last_call(session, institution)
    lapsed = [item for item in _due_since(session, moment - GRACE) if _lapse(session, item)]
    return len(fallen) + len(lapsed)


def _fall_due(session: Session, institution: Institution) -> bool:
    states.move(institution, Step.FALL_DUE)
    approvals.clear(session, institution)
    for item in evidence_queries.all_of(session, institution):
        if item.kind in evidence.LOOKED_UP and item.state is ProofState.PROVED:
            # What was shown by a record or a file shows itself anew, or not.
            evidence.look_at(session, item)
    record(session, None, institution, "institution.reverification_due")
    evidence_emails.renewal_due(session, institution)
    return True


def _lapse(session: Session, institution: Institution) -> bool:
    """End what nobody renewed: others see it no longer, and it may be sent again at any time."""
    states.move(institution, Step.LAPSE)
    with force_locale(_language_of(session, institution)):
        institution.review_note = _(
            "The verification is older than a year, and nobody renewed it. Check the description, "
            "then send it again."
        )
    record(session, None, institution, "institution.lapsed")
    session.flush()
    changed_many(session, "need", _open_needs(session, institution))
    emails.institution_decided(session, institution)
    return True


def _language_of(session: Session, institution: Institution) -> str:
    readers = queries.people_to_tell(session, institution)
    return readers[0].locale if readers else "en"


def _set_missing_ends(session: Session) -> None:
    """Give an end to what was verified without one, such as by an import."""
    without = session.scalars(
        select(Institution).where(
            Institution.state == VerificationState.APPROVED,
            Institution.reverification_due_at.is_(None),
        )
    )
    for institution in without:
        institution.verified_at = institution.verified_at or now()
        institution.reverification_due_at = institution.verified_at + VERIFIED_FOR
    session.flush()


def _approved_until(session: Session, moment: datetime) -> list[Institution]:
    return list(
        session.scalars(
            select(Institution)
            .where(
                Institution.state == VerificationState.APPROVED,
                Institution.reverification_due_at <= moment,
            )
            .order_by(Institution.id)
            .with_for_update(of=Institution)
        )
    )


def _due_since(session: Session, moment: datetime) -> list[Institution]:
    """Return whose time of grace runs; it does not while staff have something to read."""
    return list(
        session.scalars(
            select(Institution)
            .where(
                Institution.state == VerificationState.REVERIFICATION_DUE,
                Institution.submitted_at.is_(None),
                Institution.reverification_due_at <= moment,
            )
            .order_by(Institution.id)
            .with_for_update(of=Institution)
        )
    )


def _open_needs(session: Session, institution: Institution) -> list[int]:
    return list(
        session.scalars(
            select(Need.id).where(
                Need.institution_id == institution.id, Need.state == NeedState.OPEN
            )
        )
    )
