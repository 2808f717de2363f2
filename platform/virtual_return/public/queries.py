"""Figures that say how the programme is used and nothing about any one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Expert, Institution, Need
from models.choices import EngagementKind, NeedState, NeedVisibility

T = TypeVar("T")
# Numbers of people are shown in whole tens, and not at all below this one.
FEWEST_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Share:
    """How many open needs there are of one kind, or in one country."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What anybody may know."""

    open_needs: int
    institutions: int
    countries: int
    # Rounded down to tens; none where there are too few to say.
    experts: int | None
    needs_by_country: Sequence[Share]
    needs_by_kind: Sequence[tuple[EngagementKind, int]]


OPEN_TO_ALL = (Need.state == NeedState.OPEN, Need.visibility == NeedVisibility.PUBLIC)
VERIFIED = Institution.is_verified


def public_figures(session: Session) -> Figures:
    """Return the figures as they stand now."""
    verified = select(func.count(), func.count(Institution.country.distinct())).where(VERIFIED)
    institutions, countries = session.execute(verified.select_from(Institution)).one()
    by_kind = _count_needs_by(session, Need.kind)
    return Figures(
        open_needs=sum(count for _, count in by_kind),
        institutions=institutions,
        countries=countries,
        experts=_rounded(session.scalar(select(func.count()).select_from(Expert)) or 0),
        needs_by_country=[
            Share(key, count) for key, count in _count_needs_by(session, Institution.country)
        ],
        needs_by_kind=[(EngagementKind(kind), count) for kind, count in by_kind if kind],
    )


def latest_needs(session: Session, count: int) -> Sequence[Need]:
    """Return the needs that were opened last, one of each institution."""
    newest = select(func.max(Need.opened_at)).where(*OPEN_TO_ALL).group_by(Need.institution_id)
    statement = (
        select(Need)
        .join(Need.institution)
        .where(*OPEN_TO_ALL, VERIFIED, Need.opened_at.in_(newest))
        .order_by(Need.opened_at.desc(), Need.id.desc())
        .limit(count)
    )
    return session.scalars(statement).all()


def _count_needs_by(session: Session, column: InstrumentedAttribute[T]) -> list[tuple[T, int]]:
    amount = func.count(Need.id)
    statement = (
        select(column, amount)
        .select_from(Need)
        .join(Need.institution)
        .where(*OPEN_TO_ALL, VERIFIED)
        .group_by(column)
        .order_by(amount.desc(), column)
    )
    return [(key, count) for key, count in session.execute(statement)]


def _rounded(people: int) -> int | None:
    return people // 10 * 10 if people >= FEWEST_PEOPLE else None
