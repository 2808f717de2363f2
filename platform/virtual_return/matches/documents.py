"""Turn rows into the texts that matching compares, in the form that may be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from matching.documents import NeedDocument, Passage, PersonDocument, SkillClaim
from matching.facts import PersonFacts
from models import EvidenceItem, Expert, ExpertSkill, Need, NeedSkill
from models.choices import Importance, SkillLevel
from virtual_return.matches.hard_facts import need_facts
from virtual_return.matches.taxonomy import Entry, Taxonomy

ABOUT = "about"
SKILLS = "skills"
TASK = "task"
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
