"""The audit trail as programme staff read it: narrowed by act, by person, by thing and by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models import AuditEvent, AuditHead
from virtual_return.audit.chain import HEAD_ID
from virtual_return.errors import N_

# What staff ask about, as patterns of acts.
TOPICS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sign_ins": (
        N_("Sign-ins and sessions"),
        ("account.sign%", "account.session%", "account.second_factor%"),
    ),
    "accounts": (
        N_("Accounts, links and second factors"),
        ("account.%", "passkey.%", "second_factor.%", "provider.%"),
    ),
    "roles": (
        N_("Roles and members"),
        (
            "institution.member%", "institution.role%", "institution.join%", "institution.owner%",
            "institution.transfer%", "institution.invitation%", "institution.remov%",
            "institution.revoc%", "account.made_coordinator",
        ),
    ),
    "verification": (
        N_("Verification of institutions"),
        (
            "institution.submitted", "institution.approved%", "institution.changes_requested",
            "institution.suspended", "institution.reinstated", "institution.appeal%",
            "institution.evidence%", "institution.document%", "institution.address%",
            "institution.decision%", "institution.reverification%", "institution.lapsed",
        ),
    ),
    "names": (N_("Names that were seen"), ("expert.named_viewed", "institution.document_read")),
    "engagements": (N_("Engagements and hosting together"), ("engagement.%", "co_hosting.%")),
    "needs": (N_("Needs, rules and countries"), ("need.%", "rule.%", "country.%")),
    "profiles": (N_("Profiles and consent"), ("expert.%",)),
    "refusals": (N_("What was refused"), ("%refused%", "%locked", "%went_back")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; nothing means all of it."""

    topic: str = ""
    actor_id: int | None = None
    object_kind: str = ""
    object_id: int | None = None
    since: date | None = None
    until: date | None = None


def events(filters: Filters) -> Select[AuditEvent]:
    """Return the select of the events that were asked for."""
    query = select(AuditEvent)
    if filters.topic in TOPICS:
        patterns = TOPICS[filters.topic][1]
        query = query.where(or_(*(AuditEvent.action.like(pattern) for pattern in patterns)))
    if filters.actor_id is not None:
        query = query.where(AuditEvent.actor_id == filters.actor_id)
    if filters.object_kind:
        query = query.where(AuditEvent.object_kind == filters.object_kind)
    if filters.object_id is not None:
        query = query.where(AuditEvent.object_id == filters.object_id)
    if filters.since is not None:
        query = query.where(AuditEvent.created_at >= _midnight(filters.since))
    if filters.until is not None:
        query = query.where(AuditEvent.created_at < _midnight(filters.until + timedelta(days=1)))
    return query


def kinds(session: Session) -> list[str]:
    """Return the kinds of things that the trail speaks of."""
    rows = session.scalars(
        select(AuditEvent.object_kind).distinct().order_by(AuditEvent.object_kind)
    )
    return [kind for kind in rows if kind]


def head(session: Session) -> AuditHead | None:
    """Return where the chain ends, for whoever notes it elsewhere."""
    return session.get(AuditHead, HEAD_ID)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
