"""What the taxonomy says of the skills that needs ask for: other names, and what is near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Need, Skill, SkillBroader, SkillLabel


@dataclass(frozen=True, slots=True)
class Entry:
    """What the taxonomy says of a skill: its other names, and the keys below and above it."""

    labels: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()


Taxonomy = Mapping[int, Entry]


def entries_of(session: Session, needs: Iterable[Need]) -> Taxonomy:
    """Return preferred labels in every language, and the keys directly below and above."""
    ids = {skill.skill_id for need in needs for skill in need.skills if skill.skill_id}
    if not ids:
        return {}
    labels = (
        select(SkillLabel.skill_id, SkillLabel.label)
        .where(SkillLabel.skill_id.in_(ids), SkillLabel.is_preferred)
        .order_by(SkillLabel.id)
    )
    narrower = (
        select(SkillBroader.broader_id, Skill.uri)
        .join(Skill, Skill.id == SkillBroader.skill_id)
        .where(SkillBroader.broader_id.in_(ids))
        .order_by(Skill.uri)
    )
    broader = (
        select(SkillBroader.skill_id, Skill.uri)
        .join(Skill, Skill.id == SkillBroader.broader_id)
        .where(SkillBroader.skill_id.in_(ids))
        .order_by(Skill.uri)
    )
    found = [defaultdict[int, list[str]](list) for _ in range(3)]
    for texts, query in zip(found, (labels, narrower, broader), strict=True):
        for skill_id, text in session.execute(query):
            texts[skill_id].append(text)
    return {id: Entry(*(tuple(texts[id]) for texts in found)) for id in ids}
