"""Turn rows into what matching compares: texts that may be read, and hard facts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from matching.documents import NeedDocument, Passage, PersonDocument, SkillClaim
from matching.facts import ExclusionCode, NeedFacts, PersonFacts, Span
from models import EvidenceItem, Expert, ExpertSkill, Need, NeedSkill
from models.choices import (
    AvailabilityKind,
    DeliveryExperience,
    EngagementKind,
    Importance,
    Mode,
    SkillLevel,
)
from virtual_return.matches.taxonomy import Entry, Taxonomy

DAY = timedelta(days=1)
ABOUT = "about"
SKILLS = "skills"
TASK = "task"
# What matching calls the modes of the product.
MODES = {Mode.REMOTE: "remote", Mode.ON_SITE: "visit", Mode.MIXED: "mixed"}
LEVELS = {level: number for number, level in enumerate(SkillLevel, start=1)}


def person_document(expert: Expert, facts: PersonFacts | None = None) -> PersonDocument:
    """Return a profile as passages: the approved form of a text where there is one.

    The person's name is kept out of what is embedded in any case.
    """
    passages = [_about(expert), *map(_evidence, expert.evidence), _skills_line(expert.skills)]
    return PersonDocument(
        id=str(expert.id),
        passages=tuple(passage for passage in passages if passage.text),
        skills=tuple(_claim(skill) for skill in expert.skills),
        facts=facts or PersonFacts(),
        known_names=names_of(expert),
    )


def need_document(need: Need, taxonomy: Taxonomy | None = None) -> NeedDocument:
    """Return a need as passages, title and task first; *taxonomy* is by id of a skill."""
    texts = {
        TASK: (need.title, need.task),
        "problem": (need.problem, need.tried),
        "deliverable": (need.deliverable, need.success, need.who_learns),
    }
    passages = [
        Passage(name, _joined(parts), kind=name, language=need.language)
        for name, parts in texts.items()
    ]
    return NeedDocument(
        id=str(need.id),
        passages=tuple(passage for passage in passages if passage.text),
        must_have=_claims(need.skills, Importance.MUST_HAVE, taxonomy or {}),
        useful=_claims(need.skills, Importance.USEFUL, taxonomy or {}),
        facts=need_facts(need),
    )


def quotable_passages(expert: Expert) -> frozenset[str]:
    """Return the passages that an institution may read word by word before both said yes."""
    about = {ABOUT} if expert.anonymous_approved_at and _approved_about(expert) else set()
    # What a person calls their skills is shown to institutions in any case.
    return frozenset(
        {SKILLS} | about | {_evidence_id(item) for item in expert.evidence if _is_approved(item)}
    )


def names_of(expert: Expert) -> tuple[str, ...]:
    """Return what the person is called."""
    return (expert.user.name,) if expert.user.name else ()


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


def fingerprint(document: PersonDocument | NeedDocument) -> str:
    """Return a hash of all that is embedded, to find out whether texts changed meanwhile."""
    if isinstance(document, PersonDocument):
        said: object = (document.passages, document.skills, document.known_names)
    else:
        said = (document.passages, document.must_have, document.useful)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _about(expert: Expert) -> Passage:
    approved = _approved_about(expert) if expert.anonymous_approved_at else ""
    text = approved or _joined((expert.headline, expert.about))
    return Passage(ABOUT, text, kind=ABOUT, language=expert.language)


def _approved_about(expert: Expert) -> str:
    return _joined((expert.headline_anonymous, expert.about_anonymous))


def _evidence(item: EvidenceItem) -> Passage:
    if _is_approved(item):
        text = _joined((item.title_anonymous, item.text_anonymous))
    else:
        text = _joined((item.title, item.text))
    return Passage(_evidence_id(item), text, kind=item.kind.value, language=item.language)


def _is_approved(item: EvidenceItem) -> bool:
    return item.anonymous_approved_at is not None and bool(
        item.title_anonymous or item.text_anonymous
    )


def _evidence_id(item: EvidenceItem) -> str:
    return f"evidence:{item.id}"


def _skills_line(skills: Sequence[ExpertSkill]) -> Passage:
    return Passage(SKILLS, ", ".join(skill.label for skill in skills), kind=SKILLS)


def _claim(skill: ExpertSkill) -> SkillClaim:
    return SkillClaim(
        label=skill.label,
        key=skill.skill.uri if skill.skill else None,
        level=LEVELS[skill.level] if skill.level else None,
        years=skill.years,
    )


def _claims(
    skills: Iterable[NeedSkill], importance: Importance, taxonomy: Taxonomy
) -> tuple[SkillClaim, ...]:
    claims: list[SkillClaim] = []
    for skill in skills:
        if skill.importance == importance:
            entry = taxonomy.get(skill.skill_id or 0, Entry())
            key = skill.skill.uri if skill.skill else None
            claims.append(
                SkillClaim(
                    skill.label, key, entry.labels, narrower=entry.narrower, broader=entry.broader
                )
            )
    return tuple(claims)


def _joined(parts: Iterable[str]) -> str:
    """Join texts as sentences, each of them once: a title often stands in its text again."""
    kept: list[str] = []
    for part in (part.strip() for part in parts):
        if part and part not in kept:
            kept.append(part)
    return "\n\n".join(kept)


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
