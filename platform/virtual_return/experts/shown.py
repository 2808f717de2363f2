"""What others are shown of a person: frozen, complete, and made before any template runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from matching.masking import Known
from models import EvidenceItem, Expert, ExpertSkill, now
from models.choices import (
    Bandwidth,
    Cefr,
    DeliveryExperience,
    EngagementKind,
    EvidenceKind,
    Mode,
    SkillLevel,
)
from virtual_return.errors import N_
from virtual_return.experts.identifying import identifying, without_identity
from virtual_return.i18n import gettext

# Time zones are shown in bands of so many hours, each of them home to several countries.
OFFSET_BAND_H = 3


class Recency(StrEnum):
    """When somebody was last active, too coarse to follow a person by."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OLDER = "older"


RECENCY_DAYS = {Recency.WEEK: 7, Recency.MONTH: 31, Recency.QUARTER: 92, Recency.YEAR: 365}
RECENCY_WORDS = {
    Recency.WEEK: N_("this week"),
    Recency.MONTH: N_("this month"),
    Recency.QUARTER: N_("in the last three months"),
    Recency.YEAR: N_("in the last year"),
    Recency.OLDER: N_("more than a year ago"),
}


@dataclass(frozen=True, slots=True)
class AnonymousEvidence:
    """An approved item; years are decades, since exact ones find a person in a search engine."""

    kind: EvidenceKind
    title: str
    text: str
    language: str | None
    from_decade: int | None
    to_decade: int | None


@dataclass(frozen=True, slots=True)
class AnonymousSkill:
    """A skill with what the person says about it."""

    label: str
    level: SkillLevel | None
    years: int | None


@dataclass(frozen=True, slots=True)
class AnonymousExpert:
    """All that may be shown of a person before both sides said yes.

    There is no id in it, no country, no exact year and no text that was not approved.
    """

    headline: str
    about: str
    language: str | None
    evidence: tuple[AnonymousEvidence, ...]
    skills: tuple[AnonymousSkill, ...]
    languages: tuple[tuple[str, Cefr], ...]
    modes: tuple[Mode, ...]
    kinds_wanted: tuple[EngagementKind, ...]
    hours_per_week: int | None
    # ISCED-F codes.
    fields_of_study: tuple[str, ...]
    delivery_experience: DeliveryExperience | None
    bandwidth: Bandwidth | None
    # First and last hour of the band in which the offset from UTC lies.
    utc_offsets: tuple[int, int] | None
    recency: Recency

    @property
    def last_active(self) -> str:
        """Return when the person was last active, in coarse words."""
        return gettext(RECENCY_WORDS[self.recency])

    @property
    def utc_band(self) -> str:
        """Return the band of time zones in words, or nothing."""
        if self.utc_offsets is None:
            return ""
        first, last = (f"UTC{hours:+d}" for hours in self.utc_offsets)
        return gettext("between %(first)s and %(last)s", first=first, last=last)


@dataclass(frozen=True, slots=True)
class NamedExpert:
    """A person by name: after both said yes, or for a level of visibility that says so."""

    name: str
    headline: str
    about: str
    language: str | None
    country_of_residence: str | None
    city: str
    employer: str
    links: tuple[str, ...]
    evidence: tuple[NamedEvidence, ...]
    # The rest is the same as before.
    profile: AnonymousExpert


@dataclass(frozen=True, slots=True)
class NamedEvidence:
    """An item as its author wrote it."""

    kind: EvidenceKind
    title: str
    text: str
    language: str | None
    start_year: int | None
    end_year: int | None
    link: str


def anonymous_view(expert: Expert) -> AnonymousExpert:
    """Return what an institution may read of a person who has not said yes.

    Only approved forms are used, and what names the person is taken out of them once more: a name
    or an employer may have been added to the profile after a form was approved.
    """
    known = identifying(expert)
    is_approved = expert.anonymous_approved_at is not None
    return AnonymousExpert(
        headline=without_identity(expert.headline_anonymous, known) if is_approved else "",
        about=without_identity(expert.about_anonymous, known) if is_approved else "",
        language=expert.language,
        evidence=tuple(_evidence(item, known) for item in expert.evidence if is_shown(item)),
        skills=tuple(_skill(skill, known) for skill in expert.skills),
        languages=tuple((row.language, row.level) for row in expert.languages),
        modes=tuple(Mode(value) for value in expert.modes),
        kinds_wanted=tuple(EngagementKind(value) for value in expert.kinds_wanted),
        hours_per_week=expert.hours_per_week,
        fields_of_study=tuple(expert.fields_of_study),
        delivery_experience=expert.delivery_experience,
        bandwidth=expert.bandwidth,
        utc_offsets=_offsets(expert.time_zone),
        recency=recency(expert.last_active_at),
    )


def named_view(expert: Expert) -> NamedExpert:
    """Return a person by name; the caller has asked `may_be_named`, or has seen both say yes."""
    return NamedExpert(
        name=expert.user.name,
        headline=expert.headline,
        about=expert.about,
        language=expert.language,
        country_of_residence=expert.country_of_residence,
        city=expert.city,
        employer=expert.employer,
        links=tuple(expert.links),
        evidence=tuple(
            NamedEvidence(
                item.kind, item.title, item.text, item.language,
                item.start_year, item.end_year, item.link,
            )
            for item in expert.evidence
        ),
        profile=anonymous_view(expert),
    )  # fmt: skip


def is_shown(item: EvidenceItem) -> bool:
    """Say whether an item has a form that its author approved."""
    return item.anonymous_approved_at is not None and bool(
        item.title_anonymous or item.text_anonymous
    )


def recency(moment: datetime) -> Recency:
    """Return how long ago something was, coarsely."""
    age = now() - moment
    for name, days in RECENCY_DAYS.items():
        if age <= timedelta(days=days):
            return name
    return Recency.OLDER


def _evidence(item: EvidenceItem, known: list[Known]) -> AnonymousEvidence:
    return AnonymousEvidence(
        kind=item.kind,
        title=without_identity(item.title_anonymous, known),
        text=without_identity(item.text_anonymous, known),
        language=item.language,
        from_decade=_decade(item.start_year),
        to_decade=_decade(item.end_year),
    )


def _skill(skill: ExpertSkill, known: list[Known]) -> AnonymousSkill:
    """A label of the taxonomy names nobody; one in the person's own words might."""
    label = skill.label if skill.skill_id else without_identity(skill.label, known)
    return AnonymousSkill(label, skill.level, skill.years)


def _decade(year: int | None) -> int | None:
    return year // 10 * 10 if year else None


def _offsets(time_zone: str) -> tuple[int, int] | None:
    try:
        offset = now().astimezone(ZoneInfo(time_zone)).utcoffset() if time_zone else None
    except (KeyError, ValueError, OSError):  # An unknown zone: from an import, or a newer database.
        return None
    if offset is None:
        return None
    first = int(offset.total_seconds() // 3600) // OFFSET_BAND_H * OFFSET_BAND_H
    return first, first + OFFSET_BAND_H
