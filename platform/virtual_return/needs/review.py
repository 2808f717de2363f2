"""Verbs of coordinators on needs, and of the clock; each decision says who made it and why."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import CountryStatus, Institution, Need, User, now
from models.choices import NeedState
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions
from virtual_return.jobs.changes import changed
from virtual_return.needs import countries, emails, queries, states
from virtual_return.needs.operations import record
from virtual_return.needs.states import Act


def approve(session: Session, actor: User, need: Need) -> None:
    """Approve a need; it opens now, or as soon as its institution is verified."""
    permissions.require_review(actor, need.institution)
    if states.allows(need, Act.APPROVE):
        status = countries.status_of(session, need.institution.country)
        states.require_complete(need, status, now().date())
    states.move(need, Act.APPROVE)
    _decide(need, actor, "")
    record(session, actor, need, "need.approved")
    if need.institution.is_verified:
        _open(session, actor, need)
    emails.need_decided(session, need)


def request_changes(session: Session, actor: User, need: Need, reason: str) -> None:
    """Send a need back with what should change; an open one is open no longer."""
    permissions.require_review(actor, need.institution)
    was_open = need.state == NeedState.OPEN
    states.move(need, Act.REQUEST_CHANGES)
    _decide(need, actor, _required(reason))
    record(session, actor, need, "need.changes_requested")
    if was_open:
        changed(session, "need", need.id)
    emails.need_decided(session, need)


def reject(session: Session, actor: User, need: Need, reason: str) -> None:
    """Refuse a need with a reason; the institution may appeal."""
    permissions.require_review(actor, need.institution)
    states.move(need, Act.REJECT)
    _decide(need, actor, _required(reason))
    need.closed_at = now()
    record(session, actor, need, "need.rejected")
    emails.need_decided(session, need)


def open_approved(session: Session, actor: User, institution: Institution) -> int:
    """Open the needs that waited for their institution to be verified; return how many."""
    waiting = queries.with_state(session, institution, NeedState.APPROVED)
    for need in waiting:
        try:
            _open(session, actor, need)
        except Conflict as error:
            # Its time is over, or nobody travels there any more: the institution mends it.
            states.move(need, Act.REQUEST_CHANGES)
            _decide(need, actor, error.message)
            record(session, actor, need, "need.changes_requested")
        emails.need_decided(session, need)
    return len(waiting)


def stop_travel(session: Session, actor: User, status: CountryStatus) -> int:
    """Send back what would take people to a country that is closed now; return how many.

    This carries out the country's status and judges nobody, so that it also reaches an
    institution to which the coordinator belongs.
    """
    affected = queries.with_travel_to(session, status.country)
    for need in affected:
        was_open = need.state == NeedState.OPEN
        states.move(need, Act.REQUEST_CHANGES)
        _decide(need, actor, countries.explain(status))
        record(session, actor, need, "need.stopped_by_country")
        if was_open:
            changed(session, "need", need.id)
        emails.need_decided(session, need)
    return len(affected)


def expire(session: Session, need: Need) -> None:
    """End an open need whose time is over."""
    states.move(need, Act.EXPIRE)
    need.closed_at = now()
    record(session, None, need, "need.expired")
    changed(session, "need", need.id)
    emails.need_expired(session, need)


def _open(session: Session, actor: User, need: Need) -> None:
    status = countries.status_of(session, need.institution.country)
    states.require_openable(need, status, now().date())
    states.move(need, Act.OPEN)
    need.opened_at = now()
    need.expires_at = states.expiry_of(need, need.opened_at)
    record(session, actor, need, "need.opened")
    changed(session, "need", need.id)


def _decide(need: Need, actor: User, reason: str) -> None:
    need.reviewed_by_id = actor.id
    need.review_note = reason


def _required(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Give the reason: the institution has to know what to change."))
    return reason.strip()
