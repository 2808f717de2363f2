"""Compare the published index with the database, owner by owner."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matching.generations import GenerationStore
from matching.index_errors import StoredIndexError
from models.choices import OwnerKind
from virtual_return.config import Settings
from virtual_return.matches import embeddings, health, queries
from virtual_return.matches.embeddings import EncoderIdentity
from virtual_return.matches.indexes import FOLDERS, index_folder


def verify(session: Session, settings: Settings) -> list[str]:
    """Return what is wrong, in sentences; nothing if the index says what the database says."""
    problems = []
    lag = health.state_of(session).lag
    if lag:
        problems.append(f"{lag} changes are not in the index yet.")
    for kind in OwnerKind:
        problems += _verify(session, settings, kind)
    return problems


def _verify(session: Session, settings: Settings, kind: OwnerKind) -> list[str]:
    name = FOLDERS[kind]
    try:
        index = GenerationStore(index_folder(settings, kind)).current().index
    except StoredIndexError as error:
        return [f"{name}: {error}"]
    encoder = EncoderIdentity(index.encoder_name, index.encoder_revision, index.dimension)
    wanted = embeddings.read_passages(session, kind, encoder, queries.indexable(kind))
    there = set(index.owners())
    problems = []
    if extra := there - wanted.keys():
        problems.append(f"{name}: {len(extra)} are in the index and must not be found.")
    if absent := wanted.keys() - there:
        problems.append(f"{name}: {len(absent)} are not in the index.")
    differing = [
        owner
        for owner in there & wanted.keys()
        if set(index.rows_of(owner).items) != set(wanted[owner].items)
    ]
    if differing:
        problems.append(f"{name}: {len(differing)} have other texts in the index.")
    return problems
