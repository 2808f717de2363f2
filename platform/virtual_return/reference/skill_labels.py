"""Find skills of the taxonomy by what people type."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from models import SkillLabel

MOST_FOUND = 20
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A skill of the taxonomy under one of its names."""

    label: str
    language: str


def fold(text: str) -> str:
    """Return text without case, accents and double spaces, as `skill_label.folded` has it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.split())


def search(session: Session, words: str, locale: str) -> Sequence[Found]:
    """Return names that begin with these words, those in the reader's language first."""
    folded = fold(words)
    if len(folded) < SHORTEST:
        return ()
    rows = session.execute(
        select(SkillLabel.skill_id, SkillLabel.label, SkillLabel.language)
        .where(SkillLabel.folded >= folded, SkillLabel.folded < folded + "\U0010ffff")
        .order_by(
            case((SkillLabel.language == locale, 0), else_=1),
            SkillLabel.is_preferred.desc(),
            SkillLabel.folded,
        )
        .limit(MOST_FOUND * 5)
    )
    first: dict[int, Found] = {}
    for skill_id, label, language in rows:
        first.setdefault(skill_id, Found(label, language))
    return list(first.values())[:MOST_FOUND]


def entries(session: Session, labels: Iterable[str]) -> dict[str, int]:
    """Return the taxonomy's entry for each folded label that is the name of exactly one."""
    wanted = {fold(label) for label in labels}
    rows = session.execute(
        select(SkillLabel.folded, SkillLabel.skill_id)
        .where(SkillLabel.folded.in_(wanted))
        .distinct()
    )
    found: dict[str, set[int]] = {}
    for folded, skill_id in rows:
        found.setdefault(folded, set()).add(skill_id)
    return {folded: ids.pop() for folded, ids in found.items() if len(ids) == 1}
