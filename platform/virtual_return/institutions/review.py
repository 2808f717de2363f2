"""Verbs of coordinators on institutions; each decision but an approval has a reason."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models import Institution, User, now
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import emails, permissions, states
from virtual_return.institutions.operations import record
from virtual_return.institutions.states import Step

VERIFIED_FOR = timedelta(days=365)


def approve(session: Session, actor: User, institution: Institution) -> None:
    """Verify an institution for a year."""
    _decide(session, actor, institution, Step.APPROVE, "")
    _stamp(institution)


def request_changes(session: Session, actor: User, institution: Institution, reason: str) -> None:
    """Send a description back with what should change."""
    _decide(session, actor, institution, Step.REQUEST_CHANGES, _required(reason))


def suspend(session: Session, actor: User, institution: Institution, reason: str) -> None:
    """Take an institution off every list; it may appeal."""
    institution.appeal = ""
    _decide(session, actor, institution, Step.SUSPEND, _required(reason))


def reinstate(session: Session, actor: User, institution: Institution) -> None:
    """End a suspension."""
    _decide(session, actor, institution, Step.REINSTATE, "")
    _stamp(institution)


def keep_suspended(session: Session, actor: User, institution: Institution, reason: str) -> None:
    """Answer an appeal against a suspension with a no and its reason."""
    permissions.require_review(actor, institution)
    if not states.allows(institution, Step.REINSTATE) or not institution.appeal:
        raise Conflict(_("There is no appeal to answer."))
    institution.review_note = _required(reason)
    institution.appeal = ""
    record(session, actor, institution, "institution.appeal_refused")
    emails.institution_decided(session, institution)


def _decide(
    session: Session, actor: User, institution: Institution, step: Step, reason: str
) -> None:
    permissions.require_review(actor, institution)
    states.move(institution, step)
    institution.review_note = reason
    record(session, actor, institution, f"institution.{PAST[step]}")
    emails.institution_decided(session, institution)


PAST = {
    Step.APPROVE: "approved",
    Step.REQUEST_CHANGES: "changes_requested",
    Step.SUSPEND: "suspended",
    Step.REINSTATE: "reinstated",
}


def _stamp(institution: Institution) -> None:
    institution.verified_at = now()
    institution.reverification_due_at = institution.verified_at + VERIFIED_FOR


def _required(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Give the reason: the institution has to know what to change."))
    return reason.strip()
