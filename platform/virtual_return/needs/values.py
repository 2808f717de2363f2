"""The plain values of the four steps of a brief, as operations take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.choices import (
    Bandwidth,
    Cefr,
    EngagementKind,
    LocalAvailability,
    Mode,
    Money,
    NeedVisibility,
)


@dataclass(frozen=True, slots=True)
class What:
    """What should happen, and what it is good for."""

    title: str
    kind: EngagementKind | None = None
    language: str | None = None
    sector: str = ""
    field_of_study: str = ""
    problem: str = ""
    tried: str = ""
    task: str = ""
    deliverable: str = ""
    success: str = ""
    who_learns: str = ""
    continues_with: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """What the person must and could bring."""

    must_have: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()
    languages: tuple[tuple[str, Cefr], ...] = ()


@dataclass(frozen=True, slots=True)
class How:
    """How, when and with whom the work is done, and what it is worth."""

    mode: Mode = Mode.REMOTE
    hours_per_week: int | None = None
    weeks: int | None = None
    window_start: date | None = None
    window_end: date | None = None
    latest_start: date | None = None
    overlap_hours: int | None = None
    time_zone: str = ""
    tools: str = ""
    connectivity: Bandwidth | None = None
    host_contribution: str = ""
    money: Money | None = None
    money_amount: float | None = None
    money_currency: str = ""
    money_payer: str = ""
    counterpart_name: str = ""
    counterpart_role: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """What is there locally, what a visit needs, and who may read the need."""

    local_availability: LocalAvailability | None = None
    local_search: str = ""
    security_note: str = ""
    visibility: NeedVisibility = NeedVisibility.PUBLIC
