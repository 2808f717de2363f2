"""Compare the published index with the database, owner by owner, and repair what differs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from matching.generations import Generation, GenerationStore
from matching.index_errors import StoredIndexError
from matching.index_files import verify_index_files
from models.choices import OwnerKind
from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.jobs import changes
from virtual_return.matches import embeddings, health, indexes, queries
from virtual_return.matches.embeddings import EncoderIdentity
from virtual_return.matches.indexes import FOLDERS, index_folder
from virtual_return.matches.jobs import refresh_now

# Owners whose vectors are in memory together.
COMPARED_TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, as a sentence, and where."""

    text: str
    kind: OwnerKind | None = None
    # Owners that have to be looked at again.
    ids: list[int] = field(default_factory=list)
    # The files cannot be trusted, and have to be made anew.
    is_damaged: bool = False


def verify(session: Session, settings: Settings) -> list[Problem]:
    """Return what is wrong; nothing if the index says what the database says."""
    problems = []
    lag = health.state_of(session).lag
    if lag:
        problems.append(Problem(f"{lag} changes are not in the index yet."))
    for kind in OwnerKind:
        problems += _verify(session, settings, kind)
    return problems


def repair(settings: Settings, database: Database, problems: Sequence[Problem]) -> None:
    """Put right what `verify` found: look at owners again, make damaged files anew."""
    damaged = [problem.kind for problem in problems if problem.is_damaged and problem.kind]
    with indexes.exclusive(settings):
        for kind in damaged:
            shutil.rmtree(index_folder(settings, kind), ignore_errors=True)
    with database.writing() as session:
        for problem in problems:
            if problem.kind is not None and problem.ids:
                changes.changed_many(session, problem.kind.value, problem.ids)
        changes.raise_wanted(session)
    refresh_now(settings, database)


def _verify(session: Session, settings: Settings, kind: OwnerKind) -> list[Problem]:
    name, store = FOLDERS[kind], GenerationStore(index_folder(settings, kind))
    try:
        generation = store.current()
        verify_index_files(store.folder(generation.number))
    except StoredIndexError as error:
        return [Problem(f"{name}: {error}", kind, is_damaged=True)]
    wanted = session.scalars(queries.indexable(kind)).all()
    absent, differing = _compared(session, kind, generation, wanted)
    there = {int(owner) for owner in generation.index.owners()}
    extra = sorted(there - set(wanted))
    said = {
        "are in the index and must not be found": extra,
        "are not in the index": absent,
        "have other texts in the index": differing,
    }
    return [Problem(f"{name}: {len(ids)} {what}.", kind, ids) for what, ids in said.items() if ids]


def _compared(
    session: Session, kind: OwnerKind, generation: Generation, wanted: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return who of the wanted has vectors but no rows, and whose rows differ."""
    index, absent, differing = generation.index, [], []
    encoder = EncoderIdentity(index.encoder_name, index.encoder_revision, index.dimension)
    for start in range(0, len(wanted), COMPARED_TOGETHER):
        ids = wanted[start : start + COMPARED_TOGETHER]
        vectors = embeddings.read_passages(session, kind, encoder, ids)
        there = index.rows_of_many([str(id) for id in ids])
        for id in ids:
            stored, rows = vectors.get(str(id)), there[str(id)]
            if stored is not None and not rows.items:
                absent.append(id)
            elif not embeddings.is_same(rows, stored):
                differing.append(id)
    return absent, differing
