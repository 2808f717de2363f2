"""Selects about one's own profile, and about what one can block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Block, Expert, ExpertSkill, Institution, Qualification
from models.choices import BlockKind
from virtual_return.i18n import locale_code
from virtual_return.reference.countries import country_name

MOST_INSTITUTIONS = 20
WHOLE = (
    joinedload(Expert.user),
    selectinload(Expert.evidence),
    selectinload(Expert.skills).joinedload(ExpertSkill.skill),
    selectinload(Expert.languages),
    selectinload(Expert.ties),
    selectinload(Expert.qualifications).selectinload(Qualification.recognitions),
    selectinload(Expert.availability),
    selectinload(Expert.blocks),
)


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """One line of the block list."""

    id: int
    kind: BlockKind
    name: str


@dataclass(frozen=True, slots=True)
class BlockableInstitution:
    """An institution that one could hide from."""

    public_id: str
    name: str
    country: str


def of_user(session: Session, user_id: int, *, lock: bool = False) -> Expert | None:
    """Return somebody's profile with all its parts; locked, nobody else changes it meanwhile."""
    query = select(Expert).where(Expert.user_id == user_id).options(*WHOLE)
    if lock:
        query = query.with_for_update(of=Expert).execution_options(populate_existing=True)
    return session.scalar(query)


def blocks_of(session: Session, expert: Expert) -> list[ShownBlock]:
    """Return the block list with names; an institution that has gone keeps its line."""
    ids = [int(row.value) for row in expert.blocks if row.kind == BlockKind.INSTITUTION]
    rows = session.execute(
        select(Institution.id, Institution.working_name, Institution.name).where(
            Institution.id.in_(ids)
        )
    )
    names = {str(id): working_name or name for id, working_name, name in rows}
    return [ShownBlock(row.id, row.kind, _name(row, names)) for row in expert.blocks]


def institutions_called(session: Session, words: str) -> Sequence[BlockableInstitution]:
    """Return verified institutions whose name holds these words."""
    words = " ".join(words.split())
    if len(words) < 2:
        return ()
    rows = session.execute(
        select(
            Institution.public_id,
            func.coalesce(func.nullif(Institution.working_name, ""), Institution.name),
            Institution.country,
        )
        .where(
            Institution.is_verified,
            or_(
                Institution.name.icontains(words, autoescape=True),
                Institution.working_name.icontains(words, autoescape=True),
            ),
        )
        .order_by(Institution.working_name, Institution.id)
        .limit(MOST_INSTITUTIONS)
    )
    return [BlockableInstitution(*row) for row in rows]


def _name(row: Block, institutions: dict[str, str]) -> str:
    if row.kind == BlockKind.INSTITUTION:
        return institutions.get(row.value, "")
    return country_name(row.value, locale_code()) if row.kind == BlockKind.COUNTRY else row.value
