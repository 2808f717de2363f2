"""Hard facts of people and needs, and the codes that a page translates.

Facts are constraints, never points. A fact that is not stated is unknown: it neither excludes
nor counts as agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ExclusionCode(StrEnum):
    """Why somebody is not in a list. The first group is found here; callers pass in the rest."""

    LANGUAGE = "language"
    MODE = "mode"
    KIND = "kind"
    HOURS = "hours"
    DATES = "dates"
    CAPACITY = "capacity"
    ELIGIBILITY = "eligibility"

    HIDDEN = "hidden"
    PAUSED = "paused"
    BLOCKED = "blocked"
    OWN_INSTITUTION = "own_institution"
    CONFLICT = "conflict"
    COUNTRY_STATUS = "country_status"
    DECLINED = "declined"
    ALREADY_ENGAGED = "already_engaged"
    INVITATION_LIMIT = "invitation_limit"
    CLOSED = "closed"


class FactState(StrEnum):
    """What is known of one hard fact for one pair."""

    MET = "met"
    UNKNOWN = "unknown"
    NOT_MET = "not_met"


@dataclass(frozen=True)
class FactResult:
    """One hard fact of one pair: which, whether it holds, and the values to print.

    `needed` and `offered` are plain values ("ar", "4", "2027-01-10") for a page to format;
    `subject` is what the fact is about (a language code, a mode), empty where the code says it.
    """

    code: ExclusionCode
    state: FactState
    subject: str = ""
    needed: str = ""
    offered: str = ""


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both included; None leaves the side open."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class PersonFacts:
    """Hard facts of a person; empty or None means that nothing was stated.

    `languages` maps ISO 639-1 codes to a CEFR rank for delivery, 1 (A1) to 6 (C2), or None when
    the language is listed without a level. `available` are spans of days, `notice_days` how long
    before any start the person must be told. `capacity_left` is how many more engagements fit.
    `attributes` answer eligibility rules of programmes ("standing", "tie", ...) by name.

    `barred` are codes that hold whatever the need (hidden, paused); `away_until` is the first day
    of being back. `hides_from` and `acts_for` are keys of the other side ("institution:7",
    "country:FR", "domain:uni.example"), `known_as` keys of the person; both sides only have to
    write a key alike. The last three fields are soft: they order and never exclude.
    """

    languages: Mapping[str, int | None] = field(default_factory=dict)
    modes: frozenset[str] = frozenset()
    kinds_wanted: frozenset[str] = frozenset()
    kinds_refused: frozenset[str] = frozenset()
    hours_per_week: float | None = None
    available: tuple[Span, ...] = ()
    capacity_left: int | None = None
    country_of_residence: str | None = None
    notice_days: int = 0
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    barred: frozenset[ExclusionCode] = frozenset()
    away_until: date | None = None
    hides_from: frozenset[str] = frozenset()
    acts_for: frozenset[str] = frozenset()
    known_as: frozenset[str] = frozenset()
    time_zone: str | None = None
    delivery_remote: bool | None = None
    latest_year: int | None = None


@dataclass(frozen=True)
class NeedFacts:
    """Hard facts of a need; None means that the need does not ask for it.

    `languages` maps codes to the lowest CEFR rank that will do. `residence_in` and `eligible` are
    a programme's published rules (countries of residence; allowed values by attribute), None and
    empty where there are none.

    `barred` are codes that hold whoever the person is (closed, country status). `parties` are keys
    of everybody who would see the person, `conflicts` keys of persons who have a conflict of
    interest, `refuses` keys of persons whom the institution blocks. The last two fields are soft.
    """

    languages: Mapping[str, int] = field(default_factory=dict)
    mode: str | None = None
    kind: str | None = None
    hours_per_week: float | None = None
    window: Span = Span()
    latest_start: date | None = None
    residence_in: frozenset[str] | None = None
    eligible: Mapping[str, frozenset[str]] = field(default_factory=dict)
    barred: frozenset[ExclusionCode] = frozenset()
    parties: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    time_zone: str | None = None
    overlap_hours: float | None = None
