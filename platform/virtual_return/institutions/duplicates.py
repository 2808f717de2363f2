"""Find institutions that are perhaps the same: by domain anywhere, by name in one country."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import Institution
from models.choices import VerificationState
from models.institution import VERIFIED
from virtual_return.institutions import domains, names
from virtual_return.institutions.operations import Description

MAXIMUM_SHOWN = 10


class Because(StrEnum):
    """What two institutions have in common."""

    DOMAIN = "domain"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another institution that may be the same."""

    public_id: str
    name: str
    working_name: str
    domain: str
    country: str
    state: VerificationState
    because: Because
    alikeness: float

    @property
    def shown_name(self) -> str:
        return self.working_name or self.name


def of(session: Session, institution: Institution) -> list[Duplicate]:
    """Return what may be the same as an institution, whatever its state: for coordinators."""
    found = _find(
        session,
        (institution.name, institution.working_name),
        (institution.domain, domains.host_of(institution.website)),
        institution.country,
        Institution.id != institution.id,
    )
    return found[:MAXIMUM_SHOWN]


def seen_by_all(session: Session, description: Description) -> list[Duplicate]:
    """Return verified institutions that may be what somebody describes: others stay private."""
    found = _find(
        session,
        (description.name, description.working_name),
        (description.domain, domains.host_of(description.website)),
        description.country,
        Institution.state.in_(VERIFIED),
    )
    return found[:MAXIMUM_SHOWN]


def _find(
    session: Session,
    spoken: tuple[str, ...],
    hosts: tuple[str, ...],
    country: str,
    condition: ColumnElement[bool],
) -> list[Duplicate]:
    registered = {domains.registrable(host) for host in hosts if not domains.is_shared(host)}
    by_domain = _by_domain(session, registered - {""}, condition)
    seen = {item.public_id for item in by_domain}
    by_name = [
        item for item in _by_name(session, spoken, country, condition) if item.public_id not in seen
    ]
    return by_domain + sorted(by_name, key=lambda item: -item.alikeness)


def _by_domain(
    session: Session, registered: set[str], condition: ColumnElement[bool]
) -> list[Duplicate]:
    if not registered:
        return []
    near = [
        column.contains(host, autoescape=True)
        for host in registered
        for column in (Institution.domain, Institution.website)
    ]
    rows = session.scalars(
        select(Institution).where(condition, or_(*near)).order_by(Institution.id).limit(200)
    )
    return [
        _duplicate(row, Because.DOMAIN, 100.0)
        for row in rows
        if registered
        & {domains.registrable(row.domain), domains.registrable(domains.host_of(row.website))}
    ]


def _by_name(
    session: Session, spoken: tuple[str, ...], country: str, condition: ColumnElement[bool]
) -> list[Duplicate]:
    """Compare each name with each: the own script with the own, the working language likewise."""
    rows = session.scalars(
        select(Institution).where(condition, Institution.country == country).limit(20_000)
    ).all()
    known = [
        (row, folded)
        for row in rows
        for folded in {names.telling(row.name), names.telling(row.working_name)} - {""}
    ]
    folded_names = [folded for _row, folded in known]
    found: dict[str, Duplicate] = {}
    for name in dict.fromkeys(spoken):
        for position, alikeness in names.alike(name, folded_names):
            item = _duplicate(known[position][0], Because.NAME, alikeness)
            if item.public_id not in found or found[item.public_id].alikeness < alikeness:
                found[item.public_id] = item
    return list(found.values())


def _duplicate(row: Institution, because: Because, alikeness: float) -> Duplicate:
    return Duplicate(
        public_id=row.public_id,
        name=row.name,
        working_name=row.working_name,
        domain=row.domain,
        country=row.country,
        state=row.state,
        because=because,
        alikeness=alikeness,
    )
