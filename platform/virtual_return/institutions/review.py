"""Verbs of coordinators on institutions; each decision but an approval has a reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Institution, User
from models.choices import Role
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import approvals, emails, evidence_queries, permissions, states
from virtual_return.institutions.operations import record
from virtual_return.institutions.states import Step

VERIFIED_FOR = states.VERIFIED_FOR
PAST = {
    Step.APPROVE: "approved",
    Step.REQUEST_CHANGES: "changes_requested",
    Step.SUSPEND: "suspended",
    Step.REINSTATE: "reinstated",
}


def approve(
    session: Session, actor: User, institution: Institution, *, approvals_needed: int = 1
) -> bool:
    """Verify an institution for a year; return False while another coordinator's yes is missing."""
    return _say_yes(session, actor, institution, Step.APPROVE, approvals_needed)


def request_changes(session: Session, actor: User, institution: Institution, reason: str) -> None:
    """Send a description back with what should change."""
    _refuse(session, actor, institution, Step.REQUEST_CHANGES, _required(reason))


def suspend(session: Session, actor: User, institution: Institution, reason: str) -> None:
    """Take an institution off every list; it may appeal."""
    _refuse(session, actor, institution, Step.SUSPEND, _required(reason))


def reinstate(
    session: Session, actor: User, institution: Institution, *, approvals_needed: int = 1
) -> bool:
    """End a suspension: verified again, or back in the queue if it never was."""
    if institution.verified_at is None:
        # It only goes back to the queue, where as many have to say yes as to any other.
        approvals_needed = 1
    return _say_yes(session, actor, institution, Step.REINSTATE, approvals_needed)


def keep_suspended(session: Session, actor: User, institution: Institution, reason: str) -> None:
    """Answer an appeal against a suspension with a no and its reason."""
    permissions.require_review(actor, institution)
    approvals.lock(session, institution)
    if not states.allows(institution, Step.REINSTATE) or not institution.appeal:
        raise Conflict(_("There is no appeal to answer."))
    approvals.require_other_eyes(session, actor, institution)
    institution.review_note = _required(reason)
    institution.appeal = ""
    approvals.clear(session, institution)
    record(session, actor, institution, "institution.appeal_refused")
    emails.institution_decided(session, institution)


def _say_yes(
    session: Session, actor: User, institution: Institution, step: Step, needed: int
) -> bool:
    permissions.require_review(actor, institution)
    approvals.lock(session, institution)
    states.require(institution, step)
    approvals.require_other_eyes(session, actor, institution)
    _require_ground(session, institution)
    grounds = evidence_queries.grounds(session, institution)
    if not approvals.add(session, actor, institution, needed):
        record(session, actor, institution, "institution.approved_by_one", evidence=grounds)
        return False
    states.move(institution, step)
    institution.review_note = institution.appeal = ""
    if institution.is_verified:
        states.stamp(institution)
    record(session, actor, institution, f"institution.{PAST[step]}", evidence=grounds)
    emails.institution_decided(session, institution)
    return True


def _refuse(
    session: Session, actor: User, institution: Institution, step: Step, reason: str
) -> None:
    permissions.require_review(actor, institution)
    approvals.lock(session, institution)
    states.require(institution, step)
    approvals.require_other_eyes(session, actor, institution)
    states.move(institution, step)
    approvals.clear(session, institution)
    institution.review_note = reason
    institution.appeal = ""
    record(session, actor, institution, f"institution.{PAST[step]}")
    emails.institution_decided(session, institution)


def _require_ground(session: Session, institution: Institution) -> None:
    """Refuse to trust an institution for no reason, or one that nobody answers for."""
    if not any(item.role == Role.OWNER for item in institution.memberships):
        raise Conflict(_("This institution has no owner, so that nobody answers for it."))
    if not institution.verification_evidence and not evidence_queries.grounds(session, institution):
        raise Conflict(
            _("Nothing shows yet that it is what it says. Note how you found out, then approve it.")
        )


def _required(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Give the reason: the institution has to know what to change."))
    return reason.strip()
