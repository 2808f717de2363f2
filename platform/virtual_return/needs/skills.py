"""The skills and languages that a need asks for, as rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import Need, NeedLanguage, NeedSkill
from models.choices import Cefr, Importance
from virtual_return.reference.skill_labels import entries, fold

MAXIMUM_SKILLS = 15
MAXIMUM_LANGUAGES = 6
LABEL_LENGTH = 200


def replace_skills(
    session: Session, need: Need, *, must_have: Iterable[str], useful: Iterable[str]
) -> None:
    """Write the skills anew; what is a must is not also merely useful.

    A label that is the name of exactly one entry of the taxonomy stands for that entry.
    """
    musts = _tidy(must_have, without=set())
    extras = _tidy(useful, without={label.casefold() for label in musts})
    known = entries(session, [*musts, *extras])
    need.skills = [
        NeedSkill(label=label, importance=importance, skill_id=known.get(fold(label)))
        for importance, labels in ((Importance.MUST_HAVE, musts), (Importance.USEFUL, extras))
        for label in labels
    ]
    session.flush()


def replace_languages(session: Session, need: Need, languages: Iterable[tuple[str, Cefr]]) -> None:
    """Write the languages anew; of one that was named twice the first counts."""
    wanted: dict[str, Cefr] = {}
    for language, level in languages:
        wanted.setdefault(language, level)
    rows = {row.language: row for row in need.languages}
    kept: list[NeedLanguage] = []
    for language, level in list(wanted.items())[:MAXIMUM_LANGUAGES]:
        row = rows.get(language) or NeedLanguage(language=language)
        row.level = level
        kept.append(row)
    # Rows are kept where they can be, since the pair of need and language is unique.
    need.languages = kept
    session.flush()


def _tidy(labels: Iterable[str], *, without: set[str]) -> list[str]:
    found: dict[str, str] = {}
    for label in labels:
        tidy = " ".join(label.split())[:LABEL_LENGTH]
        if tidy and tidy.casefold() not in without:
            found.setdefault(tidy.casefold(), tidy)
    return list(found.values())[:MAXIMUM_SKILLS]
