"""Background work of matching: refresh after changes, and find what was lost."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.plan import Role, embedding_plan
from models import Embedding, Expert, Need, OutboxEntry
from models.choices import OwnerKind
from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.jobs import changes
from virtual_return.jobs.changes import REFRESH
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.matches import embeddings, indexes, queries, texts
from virtual_return.matches.encoders import encoder_of, identity_of
from virtual_return.matches.indexes import IndexWriter
from virtual_return.matches.refreshing import Refresh
from virtual_return.matches.texts import Owner
from virtual_return.services import Services, services

# A mass of first embeddings takes its time; it is safe to be killed and begun again.
TIMEOUT_S = 3600
MERGE_EVERY_S = 60
# How many owners of each kind one sweep compares word by word.
COMPARED_PER_SWEEP = 20
FOUND_PER_SWEEP = 200


def register(registry: Registry, bound: Services) -> None:
    """Add the job and the finder of matching."""
    registry.add_job(REFRESH, refresh, queue=Queue.INDEX, timeout_s=TIMEOUT_S)
    # Beside the index queue: changes go on while a large index is saved anew.
    registry.add_periodic(
        "matches.merge", merge, queue=Queue.DIGEST, every_s=MERGE_EVERY_S, timeout_s=TIMEOUT_S
    )
    registry.add_finder("matches.stale", StaleFinder(bound.settings))


def refresh(kind: str, ids: Sequence[int], change: int | None = None) -> None:
    """Embed and index these owners and all others that wait; safe to run twice."""
    bound = services()
    owners = [Owner(OwnerKind(kind), id) for id in ids]
    refresh_now(bound.settings, bound.database, owners, change)


def merge() -> None:
    """Save each index anew whose changes have grown long."""
    indexes.merge(services().settings)


def refresh_now(
    settings: Settings,
    database: Database,
    owners: Sequence[Owner] = (),
    change: int | None = None,
) -> None:
    """Do one run, alone among all processes that use this data folder."""
    encoder = encoder_of(settings)
    with indexes.exclusive(settings):
        run = Refresh(database, IndexWriter(settings, identity_of(encoder)), encoder)
        run.run(owners, change)


class StaleFinder:
    """Compares texts with vectors and the index with the database, a part at each sweep."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._from: dict[OwnerKind, int] = dict.fromkeys(OwnerKind, 0)

    def __call__(self, session: Session) -> int:
        """Ask for a refresh of everything that was found; return how much that was."""
        found = 0
        for kind in OwnerKind:
            stale = self._without_vectors(session, kind)
            stale |= self._orphans(session, kind)
            stale |= self._changed(session, kind)
            changes.changed_many(session, kind.value, sorted(stale))
            found += len(stale)
        if not found and (self._is_behind(session) or self._is_unusable(session)):
            # The index is compared as a whole by whoever refreshes it.
            changes.changed_many(session, OwnerKind.NEED.value, [0])
            found = 1
        return found

    def _without_vectors(self, session: Session, kind: OwnerKind) -> set[int]:
        has_some = select(Embedding.owner_id).where(Embedding.owner_kind == kind)
        query = queries.embeddable(kind)
        column = query.selected_columns[0]
        empty = session.scalars(query.where(column.not_in(has_some)).limit(FOUND_PER_SWEEP)).all()
        # A profile without a word has no vectors to wait for.
        documents = texts.read_documents(session, kind, empty)
        return {id for id, document in documents.items() if document.passages}

    def _orphans(self, session: Session, kind: OwnerKind) -> set[int]:
        owner = Expert if kind is OwnerKind.EXPERT else Need
        gone = (
            select(Embedding.owner_id)
            .where(Embedding.owner_kind == kind, Embedding.owner_id.not_in(select(owner.id)))
            .distinct()
            .limit(FOUND_PER_SWEEP)
        )
        return set(session.scalars(gone))

    def _changed(self, session: Session, kind: OwnerKind) -> set[int]:
        """Compare the next few owners' texts with the hashes beside their vectors."""
        query = queries.embeddable(kind)
        column = query.selected_columns[0]
        ids = session.scalars(
            query.where(column > self._from[kind]).order_by(column).limit(COMPARED_PER_SWEEP)
        ).all()
        self._from[kind] = ids[-1] if len(ids) == COMPARED_PER_SWEEP else 0
        hashes = embeddings.hashes_by_any_encoder(session, kind, ids)
        plans = {
            id: embedding_plan(document, (Role.PASSAGE,))
            for id, document in texts.read_documents(session, kind, ids).items()
        }
        return {id for id, plan in plans.items() if embeddings.missing(plan, hashes[id])}

    def _is_behind(self, session: Session) -> bool:
        """Say whether a change has no entry any more that would lead to it."""
        state = changes.index_state(session)
        if state is None or state.built_change >= state.wanted_change:
            return False
        waiting = select(OutboxEntry.id).where(
            OutboxEntry.job == REFRESH,
            OutboxEntry.done_at.is_(None),
            OutboxEntry.failed_at.is_(None),
        )
        return session.scalar(waiting.limit(1)) is None

    def _is_unusable(self, session: Session) -> bool:
        state = changes.index_state(session)
        is_expected = state is not None and state.wanted_change > 0
        return is_expected and any(indexes.problem_of(self._settings, kind) for kind in OwnerKind)
