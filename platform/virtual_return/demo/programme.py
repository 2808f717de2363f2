"""What the generator gives: plain frozen records, close to the tables but without their ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from models.choices import (
    AvailabilityKind,
    Bandwidth,
    BlockKind,
    Cefr,
    CountryState,
    DeliveryExperience,
    EngagementKind,
    EvidenceKind,
    Importance,
    InstitutionKind,
    LocalAvailability,
    Mode,
    Money,
    NeedState,
    Recognition,
    Role,
    SkillLevel,
    Standing,
    TieKind,
    VerificationState,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class Person:
    """An account."""

    email: str
    name: str
    locale: str
    time_zone: str
    last_seen_days_ago: int = 0


@dataclass(frozen=True, slots=True)
class Concept:
    """A skill with its label in each of the product's languages."""

    uri: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a person did, in full and in the form for strangers."""

    kind: EvidenceKind
    language: str
    title: str
    text: str
    title_anonymous: str
    text_anonymous: str
    is_approved: bool
    start_year: int
    end_year: int | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class OfferedSkill:
    """A skill that a person says they have."""

    uri: str
    label: str
    level: SkillLevel
    years: int


@dataclass(frozen=True, slots=True)
class Degree:
    """A qualification, and where one country's authority stands on it."""

    title: str
    awarding_body: str
    country: str
    level: int
    field_of_study: str
    year: int
    recognition_country: str
    recognition: Recognition


@dataclass(frozen=True, slots=True)
class Span:
    """Days in which a person is free or is not."""

    kind: AvailabilityKind
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Hiding:
    """Somebody from whom a person hides; an institution is given by its domain."""

    kind: BlockKind
    value: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """When, how and for what a person wants to be asked."""

    modes: tuple[Mode, ...]
    kinds_wanted: tuple[EngagementKind, ...]
    kinds_refused: tuple[EngagementKind, ...]
    fields_wanted: tuple[str, ...]
    topics_refused: tuple[str, ...]
    hours_per_week: int
    earliest_start: date
    notice_weeks: int
    capacity: int
    delivery_experience: DeliveryExperience
    bandwidth: Bandwidth
    invitations_per_month: int
    calendar: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpertProfile:
    """Everything about one expert."""

    person: Person
    origin: str
    standing: Standing
    language: str
    field: str
    near_field: str
    headline: str
    about: str
    headline_anonymous: str
    about_anonymous: str
    is_approved: bool
    country_of_residence: str
    employer: str
    visibility: Visibility
    is_paused: bool
    wishes: Wishes
    evidence: tuple[Evidence, ...]
    skills: tuple[OfferedSkill, ...]
    languages: tuple[tuple[str, Cefr], ...]
    ties: tuple[tuple[str, TieKind], ...]
    degrees: tuple[Degree, ...]
    hidings: tuple[Hiding, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A faculty, department or office."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class InstitutionEntry:
    """An institution with the people who act for it."""

    domain: str
    name: str
    working_name: str
    kind: InstitutionKind
    country: str
    city: str
    description: str
    size: int
    units: tuple[Unit, ...]
    state: VerificationState
    verification_evidence: str
    review_note: str
    members: tuple[tuple[Person, Role], ...]
    verified_days_ago: int


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill that a need must have or could use."""

    uri: str
    label: str
    importance: Importance


@dataclass(frozen=True, slots=True)
class Terms:
    """Where, when and on what terms a need is to be met."""

    mode: Mode
    hours_per_week: int
    weeks: int
    window_start: date
    window_end: date
    latest_start: date
    overlap_hours: int
    time_zone: str
    connectivity: Bandwidth
    money: Money
    amount: float | None
    currency: str
    payer: str


@dataclass(frozen=True, slots=True)
class NeedEntry:
    """One need of one institution, which is given by its domain."""

    institution: str
    unit: str
    author: str
    state: NeedState
    language: str
    kind: EngagementKind
    sector: str
    field_of_study: str
    title: str
    problem: str
    tried: str
    task: str
    deliverable: str
    success: str
    who_learns: str
    continues_with: str
    counterpart_name: str
    counterpart_role: str
    tools: str
    host_contribution: str
    local_availability: LocalAvailability
    local_search: str
    security_note: str
    review_note: str
    partner: str
    terms: Terms
    skills: tuple[AskedSkill, ...]
    languages: tuple[tuple[str, Cefr], ...]
    opened_days_ago: int


@dataclass(frozen=True, slots=True)
class CountryNotice:
    """Whether people may travel to a country, and why not."""

    country: str
    state: CountryState
    reason: str
    since: date


@dataclass(frozen=True, slots=True)
class Programme:
    """The whole demonstration."""

    made_on: date
    concepts: tuple[Concept, ...]
    coordinators: tuple[Person, ...]
    institutions: tuple[InstitutionEntry, ...]
    needs: tuple[NeedEntry, ...]
    experts: tuple[ExpertProfile, ...]
    notices: tuple[CountryNotice, ...] = field(default=())
