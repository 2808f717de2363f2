"""Verbs that change an institution: describe it, submit it for verification, appeal."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from models import Institution, Membership, Unit, User
from models.choices import InstitutionKind, Relation, Role, VerificationState
from virtual_return import audit
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import approvals, evidence_queries, permissions, states
from virtual_return.institutions.states import Step

MAXIMUM_UNITS = 20
MAXIMUM_OWNED = 10
# What a coordinator verified: it stands still until they send the description back.
IDENTITY_FIELDS = ("name", "kind", "relation", "country", "domain")


@dataclass(frozen=True, slots=True)
class Description:
    """What an institution says of itself."""

    name: str
    kind: InstitutionKind
    country: str
    relation: Relation = Relation.HOST
    working_name: str = ""
    city: str = ""
    domain: str = ""
    website: str = ""
    description: str = ""
    size: int | None = None
    units: tuple[str, ...] = ()


def create(session: Session, actor: User, description: Description) -> Institution:
    """Make a draft that only its members see, with its author as the first owner."""
    if len(actor.memberships) >= MAXIMUM_OWNED:
        raise Conflict(_("You belong to ten institutions already. Leave one of them first."))
    institution = Institution(
        name=description.name, kind=description.kind, country=description.country
    )
    session.add(institution)
    _describe(institution, description)
    membership = Membership(user=actor, institution=institution, role=Role.OWNER)
    session.add(membership)
    session.flush()
    record(session, actor, institution, "institution.created")
    return institution


def edit(
    session: Session, actor: User, institution: Institution, description: Description
) -> Institution:
    """Replace the description; what was verified stays as it was verified."""
    permissions.require_edit(actor, institution)
    states.require_editable(institution)
    if institution.is_verified:
        _refuse_new_identity(institution, description)
    _describe(institution, description)
    session.flush()
    record(session, actor, institution, "institution.edited")
    return institution


def submit(session: Session, actor: User, institution: Institution, evidence: str) -> None:
    """Ask programme staff to verify, or to verify anew; the evidence says how they can."""
    permissions.require_edit(actor, institution)
    if not evidence.strip() and not evidence_queries.grounds(session, institution):
        raise Invalid(_("Say how programme staff can verify that the institution is yours."))
    approvals.lock(session, institution)
    states.move(institution, Step.SUBMIT)
    approvals.clear(session, institution)
    institution.verification_evidence = evidence.strip()
    institution.appeal = ""
    record(session, actor, institution, "institution.submitted")


def appeal(session: Session, actor: User, institution: Institution, text: str) -> None:
    """Answer a refusal: it goes back to the queue, a suspension stands until it is answered."""
    permissions.require_edit(actor, institution)
    if not text.strip():
        raise Invalid(_("Write why the decision should be looked at again."))
    approvals.lock(session, institution)
    if institution.state == VerificationState.CHANGES_REQUESTED:
        states.move(institution, Step.SUBMIT)
        approvals.clear(session, institution)
    elif institution.state != VerificationState.SUSPENDED:
        raise Conflict(_("There is no refusal to appeal against now."))
    institution.appeal = text.strip()
    record(session, actor, institution, "institution.appealed")


def _describe(institution: Institution, description: Description) -> None:
    for item in fields(description):
        if item.name != "units":
            setattr(institution, item.name, getattr(description, item.name))
    _replace_units(institution, description.units)


def _replace_units(institution: Institution, names: tuple[str, ...]) -> None:
    """Keep the rows of units that are still named, so that needs keep pointing at them."""
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))[:MAXIMUM_UNITS]
    kept = {unit.name: unit for unit in institution.units if unit.name in wanted}
    institution.units = [kept.get(name) or Unit(name=name) for name in wanted]


def _refuse_new_identity(institution: Institution, description: Description) -> None:
    for name in IDENTITY_FIELDS:
        if getattr(institution, name) != getattr(description, name):
            raise Conflict(
                _(
                    "Name, kind, place in the programme, country and web domain were verified. To "
                    "change one of them, "
                    "ask programme staff to send the description back to you."
                )
            )


def record(
    session: Session,
    actor: User | None,
    institution: Institution,
    action: str,
    **details: str | float | bool | list[str] | None,
) -> None:
    """Write what was done, and the state that it led to, into the audit trail."""
    audit.record(
        session,
        action,
        actor_id=actor.id if actor else None,
        object_kind="institution",
        object_id=institution.id,
        state=institution.state.value,
        **details,
    )
