"""Turn rows into what matching compares: texts that may be read, and hard facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from matching.documents import NeedDocument, Passage, PersonDocument, SkillClaim
from matching.facts import NeedFacts, PersonFacts, Span
from models import Availability, EvidenceItem, Expert, ExpertSkill, Need, NeedSkill
from models.choices import AvailabilityKind, Importance, Mode, SkillLevel

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


def need_document(need: Need) -> NeedDocument:
    """Return a need as passages, title and task first."""
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
        must_have=_claims(need.skills, Importance.MUST_HAVE),
        useful=_claims(need.skills, Importance.USEFUL),
        facts=need_facts(need),
    )


def quotable_passages(expert: Expert) -> frozenset[str]:
    """Return the passages that an institution may read word by word before both said yes."""
    about = {ABOUT} if expert.anonymous_approved_at and _approved_about(expert) else set()
    return frozenset(about | {_evidence_id(item) for item in expert.evidence if _is_approved(item)})


def names_of(expert: Expert) -> tuple[str, ...]:
    """Return what the person is called."""
    return (expert.user.name,) if expert.user.name else ()


def person_facts(expert: Expert, taken: int, today: date) -> PersonFacts:
    """Return a profile's hard facts; *taken* is how many engagements are running."""
    return PersonFacts(
        languages={row.language: row.level.rank for row in expert.languages},
        modes=frozenset(MODES[Mode(mode)] for mode in expert.modes),
        kinds_wanted=frozenset(expert.kinds_wanted),
        kinds_refused=frozenset(expert.kinds_refused),
        hours_per_week=expert.hours_per_week,
        available=available_spans(expert, today),
        capacity_left=max(0, expert.capacity - taken),
        country_of_residence=expert.country_of_residence,
    )


def need_facts(need: Need) -> NeedFacts:
    """Return what a need asks for as hard facts."""
    return NeedFacts(
        languages={row.language: row.level.rank for row in need.languages},
        mode=MODES[need.mode],
        kind=need.kind.value if need.kind else None,
        hours_per_week=need.hours_per_week,
        window=Span(need.window_start, need.window_end),
        latest_start=need.latest_start,
    )


def available_spans(expert: Expert, today: date) -> tuple[Span, ...]:
    """Return when a person could begin and work; nothing where they did not say."""
    rows = expert.availability
    notice = timedelta(weeks=expert.notice_weeks or 0)
    earliest = max(today + notice, expert.earliest_start or today)
    free = [row for row in rows if row.kind == AvailabilityKind.FREE]
    blocked = [row for row in rows if row.kind == AvailabilityKind.BLOCKED]
    if not (rows or expert.earliest_start or expert.notice_weeks):
        return ()
    spans = [Span(max(row.starts_on, earliest), row.ends_on) for row in free] or [Span(earliest)]
    for row in blocked:
        spans = [part for span in spans for part in _without(span, row)]
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


def _claims(skills: Iterable[NeedSkill], importance: Importance) -> tuple[SkillClaim, ...]:
    return tuple(
        SkillClaim(label=skill.label, key=skill.skill.uri if skill.skill else None)
        for skill in skills
        if skill.importance == importance
    )


def _joined(parts: Iterable[str]) -> str:
    """Join texts as sentences, each of them once: a title often stands in its text again."""
    kept: list[str] = []
    for part in (part.strip() for part in parts):
        if part and part not in kept:
            kept.append(part)
    return "\n\n".join(kept)


def _without(span: Span, row: Availability) -> list[Span]:
    day = timedelta(days=1)
    before = Span(span.start, _earlier(span.end, row.starts_on - day))
    after_start = row.ends_on + day
    after = Span(max(span.start, after_start) if span.start else after_start, span.end)
    return [part for part in (before, after) if _is_some_time(part)]


def _earlier(first: date | None, second: date) -> date:
    return second if first is None else min(first, second)


def _is_some_time(span: Span) -> bool:
    return span.start is None or span.end is None or span.start <= span.end
