"""Turn what profiles and needs say of hard facts into what matching compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from matching.facts import ExclusionCode, NeedFacts, PersonFacts, Span
from models import EligibilityRule, EvidenceItem, Expert, Need
from models.choices import AvailabilityKind, DeliveryExperience, EngagementKind, Mode

DAY = timedelta(days=1)
# What rules of programmes may ask about.
STANDING = "standing"
TIE = "tie"
# What matching calls the modes of the product.
MODES = {Mode.REMOTE: "remote", Mode.ON_SITE: "visit", Mode.MIXED: "mixed"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a profile says of hard facts, wherever it was read from."""

    modes: Sequence[str]
    kinds_wanted: Sequence[str]
    kinds_refused: Sequence[str]
    hours_per_week: int | None
    earliest_start: date | None
    notice_weeks: int | None
    country_of_residence: str | None
    languages: Mapping[str, int | None]
    # Kind, first and last day of each entry of the calendar.
    availability: Sequence[tuple[AvailabilityKind, date, date]]
    places_left: int
    # What rules of programmes ask about: standing, and countries of ties.
    standing: str
    ties: Iterable[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a published rule asks of people."""

    residence_in: frozenset[str] | None
    eligible: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What a need asks for as hard facts, wherever it was read from."""

    mode: Mode
    kind: EngagementKind | None
    hours_per_week: int | None
    window_start: date | None
    window_end: date | None
    latest_start: date | None
    languages: Mapping[str, int | None]
    rule: Rule | None = None


def person_facts(
    expert: Expert, taken: int, barred: frozenset[ExclusionCode] = frozenset()
) -> PersonFacts:
    """Return a loaded profile's facts; *taken* is how many engagements are running.

    Consent and blocks are not among them: whoever loads profiles asks the database for those.
    """
    stated = Stated(
        modes=expert.modes,
        kinds_wanted=expert.kinds_wanted,
        kinds_refused=expert.kinds_refused,
        hours_per_week=expert.hours_per_week,
        earliest_start=expert.earliest_start,
        notice_weeks=expert.notice_weeks,
        country_of_residence=expert.country_of_residence,
        languages={row.language: row.level.rank for row in expert.languages},
        availability=[(row.kind, row.starts_on, row.ends_on) for row in expert.availability],
        places_left=expert.capacity - taken,
        standing=expert.standing.value,
        ties=[tie.country for tie in expert.ties],
    )
    experience = expert.delivery_experience
    return replace(
        person_facts_of(stated, barred=barred),
        time_zone=expert.time_zone or None,
        delivery_remote=None if experience is None else experience != DeliveryExperience.NONE,
        latest_year=max(filter(None, map(_last_year, expert.evidence)), default=None),
    )


def person_facts_of(
    stated: Stated, barred: frozenset[ExclusionCode], away_until: date | None = None
) -> PersonFacts:
    """Return hard facts as matching knows them."""
    return PersonFacts(
        languages=stated.languages,
        modes=frozenset(MODES[Mode(mode)] for mode in stated.modes),
        kinds_wanted=frozenset(stated.kinds_wanted),
        kinds_refused=frozenset(stated.kinds_refused),
        hours_per_week=stated.hours_per_week,
        available=available_spans(stated),
        capacity_left=max(0, stated.places_left),
        country_of_residence=stated.country_of_residence,
        notice_days=7 * (stated.notice_weeks or 0),
        attributes={STANDING: frozenset({stated.standing}), TIE: frozenset(stated.ties)},
        barred=barred,
        away_until=away_until,
    )


def need_facts(need: Need) -> NeedFacts:
    """Return a loaded need's facts."""
    asked = AskedFor(
        mode=need.mode,
        kind=need.kind,
        hours_per_week=need.hours_per_week,
        window_start=need.window_start,
        window_end=need.window_end,
        latest_start=need.latest_start,
        languages={row.language: row.level.rank for row in need.languages},
        rule=rule_of(need.rule) if need.rule else None,
    )
    return replace(
        need_facts_of(asked), time_zone=need.time_zone or None, overlap_hours=need.overlap_hours
    )


def need_facts_of(asked: AskedFor) -> NeedFacts:
    """Return hard facts as matching knows them."""
    return NeedFacts(
        languages={code: rank for code, rank in asked.languages.items() if rank is not None},
        mode=MODES[asked.mode],
        kind=asked.kind.value if asked.kind else None,
        hours_per_week=asked.hours_per_week,
        window=Span(asked.window_start, asked.window_end),
        latest_start=asked.latest_start,
        residence_in=asked.rule.residence_in if asked.rule else None,
        eligible=asked.rule.eligible if asked.rule else {},
    )


def rule_of(rule: EligibilityRule) -> Rule:
    """Return a rule as matching knows it; what it does not name, it does not ask for."""
    asked = {STANDING: rule.standings, TIE: rule.ties_to}
    return Rule(
        residence_in=frozenset(rule.residence_in) if rule.residence_in else None,
        eligible={name: frozenset(values) for name, values in asked.items() if values},
    )


def available_spans(stated: Stated) -> tuple[Span, ...]:
    """Return when a person could work; nothing where they did not say.

    That a day is past, or that the person must be told before, is counted when facts are compared.
    """
    earliest = stated.earliest_start
    if not (stated.availability or earliest or stated.notice_weeks):
        return ()
    kinds = defaultdict[AvailabilityKind, list[Span]](list)
    for kind, starts_on, ends_on in stated.availability:
        kinds[kind].append(Span(starts_on, ends_on))
    spans = [Span(_later(span.start, earliest), span.end) for span in kinds[AvailabilityKind.FREE]]
    spans = spans or [Span(earliest)]
    for blocked in kinds[AvailabilityKind.BLOCKED]:
        spans = [part for span in spans for part in _without(span, blocked)]
    kept = tuple(span for span in spans if _is_some_time(span))
    # Not one day left is an answer, and not the same as no answer.
    return kept or (Span(date.min, date.min),)


def _without(span: Span, blocked: Span) -> list[Span]:
    if blocked.start is None or blocked.end is None:
        return []
    before = Span(span.start, _earlier(span.end, blocked.start - DAY))
    after = Span(_later(blocked.end + DAY, span.start), span.end)
    return [part for part in (before, after) if _is_some_time(part)]


def _earlier(first: date | None, second: date) -> date:
    return second if first is None else min(first, second)


def _later(first: date | None, second: date | None) -> date | None:
    return max((day for day in (first, second) if day is not None), default=None)


def _last_year(item: EvidenceItem) -> int | None:
    return item.end_year or item.start_year


def _is_some_time(span: Span) -> bool:
    return span.start is None or span.end is None or span.start <= span.end
