"""Totals about a partner's own people: once a month, rounded, and never of fewer than ten.

A number about what people chose is given only where ten and more chose it and ten and more did
not, so that nobody's choice follows from it. Totals stand still for a month and are rounded down
to fives, so that comparing two of them does not show who came in between.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models import CoHosting, Engagement, Expert, Institution, PartnerFigures, User, now
from models.choices import CoHostingState, Visibility
from virtual_return.coordination.cells import MINIMUM, cell, protected
from virtual_return.institutions import proofs
from virtual_return.partners import queries

ROUNDED_TO = 5
FINDABLE = (
    Visibility.INSTITUTIONS_ANONYMOUS,
    Visibility.INSTITUTIONS_NAMED,
    Visibility.MEMBERS,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a partner may read. None: too few people to say."""

    people: int | None = None
    with_profile: int | None = None
    findable: int | None = None
    engaged: int | None = None
    needs_together: int = 0
    # Codes of broad fields of study taken together, and how many people.
    fields: list[tuple[list[str], int]] = field(default_factory=list)


def make_due(session: Session) -> int:
    """Make the totals of this month where they are missing; safe to run twice."""
    month = now().date().replace(day=1)
    due = queries.partners_without_figures(session, month)
    for institution in due:
        figures = asdict(measure(session, institution))
        session.add(PartnerFigures(institution_id=institution.id, month=month, figures=figures))
    session.flush()
    return len(due)


def latest(session: Session, institution: Institution) -> tuple[date, Figures] | None:
    """Return the totals that stand, and their month."""
    row = queries.figures(session, institution)
    return None if row is None else (row.month, Figures(**row.figures))


def measure(session: Session, institution: Institution) -> Figures:
    """Count now; only what may be said comes out."""
    together = _needs_together(session, institution)
    domain = proofs.joinable_domain(session, institution)
    if domain is None:
        return Figures(needs_together=together)
    theirs = (_are_at(domain), User.suspended_at.is_(None), User.erased_at.is_(None))
    people = session.scalar(select(func.count(User.id)).where(*theirs)) or 0
    if people < MINIMUM:
        return Figures(needs_together=together)
    profiles = select(func.count(Expert.id)).join(User, User.id == Expert.user_id).where(*theirs)
    engaged = select(Engagement.expert_id).where(Engagement.revealed_at.is_not(None))
    with_profile = session.scalar(profiles) or 0
    findable = session.scalar(profiles.where(Expert.visibility.in_(FINDABLE))) or 0
    return Figures(
        people=_rounded(people),
        with_profile=_choice(with_profile, people),
        findable=_choice(findable, people),
        engaged=_choice(session.scalar(profiles.where(Expert.id.in_(engaged))) or 0, people),
        needs_together=together,
        fields=_fields(session, theirs) if _choice(with_profile, people) is not None else [],
    )


def _are_at(domain: str) -> ColumnElement[bool]:
    """Match addresses at a domain and below it; a domain holds no sign that means a pattern."""
    return or_(User.email.like(f"%@{domain}"), User.email.like(f"%@%.{domain}"))


def _choice(chose: int, people: int) -> int | None:
    """Return how many chose something, unless somebody's choice would follow from it."""
    return _rounded(chose) if min(chose, people - chose) >= MINIMUM else None


def _rounded(count: int) -> int:
    return count - count % ROUNDED_TO


def _fields(
    session: Session, theirs: tuple[ColumnElement[bool], ...]
) -> list[tuple[list[str], int]]:
    """Group profiles by the broad field that each names first; small groups are taken together."""
    counts: dict[str, int] = {}
    rows = session.scalars(
        select(Expert.fields_of_study).join(User, User.id == Expert.user_id).where(*theirs)
    )
    for named in rows:
        code = str(named[0])[:2] if named else ""
        counts[code] = counts.get(code, 0) + 1
    groups = protected(cell(code, count) for code, count in counts.items())
    return [(list(group.keys), _rounded(group.people)) for group in groups]


def _needs_together(session: Session, institution: Institution) -> int:
    agreed = select(func.count(CoHosting.id)).where(
        CoHosting.institution_id == institution.id, CoHosting.state == CoHostingState.AGREED
    )
    return session.scalar(agreed) or 0
