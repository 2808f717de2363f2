"""The plain values of the steps of a profile, as operations take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.choices import (
    AvailabilityKind,
    Bandwidth,
    Cefr,
    ContactPreference,
    DeliveryExperience,
    EngagementKind,
    EvidenceKind,
    Mode,
    Recognition,
    SkillLevel,
    Standing,
    TieKind,
)

# Enough for a full life, and few enough for one page.
MOST_EVIDENCE = 200
MOST_SKILLS = 60
MOST_LANGUAGES = 15
MOST_TIES = 20
MOST_QUALIFICATIONS = 20
MOST_SPANS = 20
MOST_BLOCKS = 200
MOST_FIELDS = 10
MOST_LINKS = 10


@dataclass(frozen=True, slots=True)
class About:
    """Who somebody is, in their own words."""

    headline: str = ""
    about: str = ""
    # None: found by detection.
    language: str | None = None
    standing: Standing = Standing.DIASPORA
    country_of_residence: str | None = None
    time_zone: str = ""
    city: str = ""
    employer: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that somebody did."""

    kind: EvidenceKind
    title: str
    text: str = ""
    language: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class SkillValue:
    """A skill in words; it is tied to the taxonomy where the words are an entry of it."""

    label: str
    level: SkillLevel | None = None
    years: int | None = None


@dataclass(frozen=True, slots=True)
class Belonging:
    """Languages of delivery, and countries that somebody is tied to."""

    languages: tuple[tuple[str, Cefr], ...] = ()
    ties: tuple[tuple[str, TieKind], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Days in which somebody is free or is not, both ends included."""

    kind: AvailabilityKind
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody is willing to do, when, and how much of it."""

    modes: tuple[Mode, ...] = ()
    kinds_wanted: tuple[EngagementKind, ...] = ()
    kinds_refused: tuple[EngagementKind, ...] = ()
    hours_per_week: int | None = None
    earliest_start: date | None = None
    notice_weeks: int | None = None
    spans: tuple[Span, ...] = ()
    capacity: int = 1
    invitations_per_month: int = 4
    fields_of_study: tuple[str, ...] = ()
    fields_wanted: tuple[str, ...] = ()
    topics_refused: tuple[str, ...] = ()
    delivery_experience: DeliveryExperience | None = None
    bandwidth: Bandwidth | None = None
    contact_preference: ContactPreference = ContactPreference.PLATFORM


@dataclass(frozen=True, slots=True)
class QualificationValue:
    """A degree or licence, with where it stands in each country."""

    title: str
    awarding_body: str = ""
    country: str | None = None
    level: int | None = None
    field_of_study: str = ""
    year: int | None = None
    recognitions: tuple[tuple[str, Recognition], ...] = ()
