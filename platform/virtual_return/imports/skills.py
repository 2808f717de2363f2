"""Write concepts and labels of the taxonomy in bulk: languages add up on the same URI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models import Skill, SkillBroader, SkillLabel, now
from virtual_return import audit
from virtual_return.imports.esco import ConceptFile
from virtual_return.imports.esco_tree import Pair
from virtual_return.reference.skill_labels import fold

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class SkillsWritten:
    """How much of a file was new."""

    concepts: int
    labels: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A label that is there already."""

    id: int
    is_preferred: bool


def write_skills(
    session: Session, file: ConceptFile, tick: Callable[[int], None] = lambda _count: None
) -> SkillsWritten:
    """Add what is new; a label that stopped being the preferred one stays as another name."""
    before = _ids(session)
    new = [concept for concept in file.concepts if concept.uri not in before]
    _insert(session, Skill, ({"uri": c.uri, "kind": c.kind, "created_at": now()} for c in new))
    ids = _ids(session) if new else before
    known = _known_labels(session, file.language)
    labels: list[dict[str, object]] = []
    turned: list[dict[str, object]] = []
    for concept in file.concepts:
        skill_id = ids[concept.uri]
        said = {label: place == 0 for place, label in enumerate(concept.labels)}
        there = known.get(skill_id, {})
        for label, is_preferred in said.items():
            if label not in there:
                labels.append(_row(skill_id, file.language, label, is_preferred=is_preferred))
        for label, row in there.items():
            if row.is_preferred != said.get(label, False):
                turned.append({"id": row.id, "is_preferred": not row.is_preferred})
    _insert(session, SkillLabel, labels, tick)
    if turned:
        session.execute(update(SkillLabel), turned)
    audit.record(
        session,
        "skills.imported",
        actor_id=None,
        language=file.language,
        concepts=len(new),
        labels=len(labels),
    )
    return SkillsWritten(len(new), len(labels))


@dataclass(frozen=True, slots=True)
class PairsWritten:
    """How many relations were new, and how many speak of concepts that are not there."""

    new: int
    unknown: int


def write_pairs(session: Session, pairs: Sequence[Pair]) -> PairsWritten:
    """Add what is new; pairs of which one side is not in the taxonomy here are passed over."""
    ids = _ids(session)
    rows = session.execute(select(SkillBroader.skill_id, SkillBroader.broader_id))
    there = {(below, above) for below, above in rows}
    known = [(ids[below], ids[above]) for below, above in pairs if below in ids and above in ids]
    new = [pair for pair in known if pair not in there]
    _insert(session, SkillBroader, ({"skill_id": low, "broader_id": high} for low, high in new))
    audit.record(session, "skills.relations_imported", actor_id=None, relations=len(new))
    return PairsWritten(len(new), len(pairs) - len(known))


def _ids(session: Session) -> dict[str, int]:
    return {uri: id for uri, id in session.execute(select(Skill.uri, Skill.id))}  # noqa: C416


def _known_labels(session: Session, language: str) -> dict[int, dict[str, _Known]]:
    rows = session.execute(
        select(SkillLabel.skill_id, SkillLabel.label, SkillLabel.id, SkillLabel.is_preferred).where(
            SkillLabel.language == language
        )
    )
    known: dict[int, dict[str, _Known]] = {}
    for skill_id, label, id, is_preferred in rows:
        known.setdefault(skill_id, {})[label] = _Known(id, is_preferred)
    return known


def _row(skill_id: int, language: str, label: str, *, is_preferred: bool) -> dict[str, object]:
    return {
        "skill_id": skill_id,
        "language": language,
        "label": label,
        "folded": fold(label)[:200],
        "is_preferred": is_preferred,
    }


def _insert(
    session: Session,
    table: type[Skill | SkillBroader | SkillLabel],
    rows: Iterable[dict[str, object]],
    tick: Callable[[int], None] = lambda _count: None,
) -> None:
    for part in _parts(rows):
        session.execute(insert(table), part)
        tick(len(part))


def _parts(rows: Iterable[dict[str, object]]) -> Iterator[Sequence[dict[str, object]]]:
    iterator = iter(rows)
    while part := list(islice(iterator, ROWS_AT_ONCE)):
        yield part
