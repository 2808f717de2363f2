"""Decisions of programme staff that reach beyond one table."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from models import CountryStatus, Institution, Need, User, now
from models.choices import CountryState
from virtual_return import audit
from virtual_return.errors import Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import review as institutions
from virtual_return.jobs.changes import changed_many
from virtual_return.needs import countries, queries
from virtual_return.needs import review as needs
from virtual_return.policy import programme


class Decision(StrEnum):
    """What a coordinator may decide about an institution or a need."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    KEEP_SUSPENDED = "keep_suspended"


def decide_institution(
    session: Session,
    actor: User,
    institution: Institution,
    decision: Decision,
    reason: str,
    *,
    approvals_needed: int = 1,
) -> bool:
    """Decide, then let its needs follow: verified opens what waited, otherwise they vanish.

    Return False where this was a yes that waits for the yes of another coordinator.
    """
    is_decided = True
    match decision:
        case Decision.APPROVE:
            is_decided = institutions.approve(
                session, actor, institution, approvals_needed=approvals_needed
            )
        case Decision.REQUEST_CHANGES:
            institutions.request_changes(session, actor, institution, reason)
        case Decision.SUSPEND:
            institutions.suspend(session, actor, institution, reason)
        case Decision.REINSTATE:
            is_decided = institutions.reinstate(
                session, actor, institution, approvals_needed=approvals_needed
            )
        case Decision.KEEP_SUSPENDED:
            institutions.keep_suspended(session, actor, institution, reason)
        case _:
            raise Invalid(_("Choose what you decide."))
    session.flush()
    if institution.is_verified:
        needs.open_approved(session, actor, institution)
    changed_many(session, "need", queries.open_ids(session, institution))
    return is_decided


def decide_need(session: Session, actor: User, need: Need, decision: Decision, reason: str) -> None:
    """Decide about a need."""
    match decision:
        case Decision.APPROVE:
            needs.approve(session, actor, need)
        case Decision.REQUEST_CHANGES:
            needs.request_changes(session, actor, need, reason)
        case Decision.REJECT:
            needs.reject(session, actor, need, reason)
        case _:
            raise Invalid(_("Choose what you decide."))


def set_country_status(
    session: Session,
    actor: User,
    *,
    country: str,
    state: CountryState,
    reason: str,
    since: date,
) -> CountryStatus:
    """Say whether people may travel to a country, and send back what would take them there."""
    programme.coordinate(actor).require()
    if not reason.strip():
        raise Invalid(_("Give the reason: institutions of the country are told."))
    if since > now().date():
        raise Invalid(_("The status holds from today: choose today or an earlier day."))
    status = countries.status_of(session, country) or CountryStatus(country=country)
    status.state, status.reason, status.since = state, reason.strip(), since
    session.add(status)
    session.flush()
    stopped = 0
    if not countries.allows_travel(status):
        stopped = needs.stop_travel(session, actor, status)
    audit.record(
        session,
        "country.status_set",
        actor_id=actor.id,
        object_kind="country_status",
        object_id=status.id,
        country=country,
        state=state.value,
        needs_stopped=stopped,
    )
    return status
