"""The public list of open needs: filters, pages, and a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models import Institution, Need, NeedLanguage
from models.choices import EngagementKind, Mode, Money, NeedVisibility
from virtual_return.needs.queries import open_conditions

PAGE_SIZE = 20
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows the list to; None and empty mean everything."""

    kind: EngagementKind | None = None
    mode: Mode | None = None
    country: str = ""
    # The beginning of an ISCED-F code: a broad field has two digits.
    field: str = ""
    language: str = ""
    institution_id: int | None = None

    @property
    def are_set(self) -> bool:
        return bool(self.kind or self.mode or self.country or self.field or self.language)


@dataclass(frozen=True, slots=True)
class Card:
    """One need in a list: nothing in it names a person."""

    public_id: str
    title: str
    # Of the text, as an ISO code.
    language: str | None
    kind: EngagementKind | None
    mode: Mode
    field_of_study: str
    hours_per_week: int | None
    weeks: int | None
    money: Money | None
    deliverable: str
    opened_at: datetime | None
    expires_at: datetime | None
    institution: str
    institution_public_id: str
    country: str
    city: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list."""

    cards: list[Card]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def browse(session: Session, filters: Filters, *, page: int = 1, signed_in: bool = False) -> Page:
    """Return one page of open needs, the latest first."""
    conditions = _conditions(filters, signed_in=signed_in)
    total = session.scalar(_joined(select(func.count(Need.id))).where(*conditions)) or 0
    last = max(1, -(-total // PAGE_SIZE))
    number = min(max(page, 1), last)
    rows = session.execute(
        _joined(select(Need, Institution))
        .where(*conditions)
        .order_by(Need.opened_at.desc(), Need.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    spoken = _languages(session, [need.id for need, _ in rows])
    cards = [_card(need, institution, spoken[need.id]) for need, institution in rows]
    return Page(cards, total, number)


def countries_in_use(session: Session, *, signed_in: bool = False) -> list[str]:
    """Return the countries that have open needs, for the filter."""
    query = _joined(select(Institution.country).distinct())
    return list(session.scalars(query.where(*_conditions(Filters(), signed_in=signed_in))))


def languages_in_use(session: Session, *, signed_in: bool = False) -> list[str]:
    """Return the languages that open needs ask for, for the filter."""
    query = _joined(select(NeedLanguage.language).distinct()).join(
        NeedLanguage, NeedLanguage.need_id == Need.id
    )
    return list(session.scalars(query.where(*_conditions(Filters(), signed_in=signed_in))))


def _joined(query: Select[*Columns]) -> Select[*Columns]:
    return query.select_from(Need).join(Institution, Institution.id == Need.institution_id)


def _conditions(filters: Filters, *, signed_in: bool) -> list[ColumnElement[bool]]:
    conditions = list(open_conditions())
    if not signed_in:
        conditions.append(Need.visibility == NeedVisibility.PUBLIC)
    if filters.kind:
        conditions.append(Need.kind == filters.kind)
    if filters.mode:
        conditions.append(Need.mode == filters.mode)
    if filters.country:
        conditions.append(Institution.country == filters.country)
    if filters.field:
        conditions.append(Need.field_of_study.startswith(filters.field, autoescape=True))
    if filters.language:
        conditions.append(Need.languages.any(NeedLanguage.language == filters.language))
    if filters.institution_id is not None:
        conditions.append(Need.institution_id == filters.institution_id)
    return conditions


def _languages(session: Session, need_ids: Sequence[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    if not need_ids:
        return found
    rows = session.execute(
        select(NeedLanguage.need_id, NeedLanguage.language)
        .where(NeedLanguage.need_id.in_(need_ids))
        .order_by(NeedLanguage.id)
    )
    for need_id, language in rows:
        found[need_id].append(language)
    return found


def _card(need: Need, institution: Institution, languages: list[str]) -> Card:
    return Card(
        public_id=need.public_id,
        title=need.title,
        language=need.language,
        kind=need.kind,
        mode=need.mode,
        field_of_study=need.field_of_study,
        hours_per_week=need.hours_per_week,
        weeks=need.weeks,
        money=need.money,
        deliverable=need.deliverable,
        opened_at=need.opened_at,
        expires_at=need.expires_at,
        institution=institution.shown_name,
        institution_public_id=institution.public_id,
        country=institution.country,
        city=institution.city,
        languages=tuple(languages),
    )
