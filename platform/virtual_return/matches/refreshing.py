"""What the worker does when texts, facts or consent changed: embed, index, publish.

The work list is the outbox: every change up to number N has its entry there (`jobs.changes`). One
run takes all entries that wait, single changes before mass ones, so that a person who waits for a
page comes before an import. Passages come first, because they rank; skills and sentences, which
explain, follow when nothing else waits. Nothing is open in the database while texts are encoded.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from matching.changelog import Change
from matching.encoder import Encoder
from matching.index import VectorIndex
from matching.plan import Role
from models import IndexState, OutboxEntry, now
from models.choices import OwnerKind
from virtual_return.db import Database
from virtual_return.jobs import changes
from virtual_return.logs import get_logger
from virtual_return.matches import embeddings, queries, texts
from virtual_return.matches.encoders import identity_of
from virtual_return.matches.indexes import IndexWriter
from virtual_return.matches.texts import Owner

OWNERS_PER_BATCH = 16
# Whoever changes something meanwhile waits for the batch at hand: about a second.
EXPLAINED_PER_BATCH = 4
ENTRIES_AT_ONCE = 5_000
# A mass of changes is published now and then; the time it takes stays a small part of the whole.
PUBLISH_AFTER_S = 2.0
PUBLISH_SHARE = 10
# A person waits for single changes; nobody waits for one of hundreds.
SINGLE = 1
EVERY_ROLE = tuple(Role)

Waiting = tuple[int, int, str, int]


@dataclass
class _Live:
    """One index while it is being changed."""

    index: VectorIndex
    # Of the generation that it goes on from; 0: there is none, it is published as a whole.
    number: int
    # The change number that it had reached when it was published last.
    change: int
    # What is not published yet, by owner.
    changes: dict[str, Change] = field(default_factory=dict)


@dataclass
class Refresh:
    """One run over everything that waits; make a new one for each."""

    database: Database
    writer: IndexWriter
    encoder: Encoder
    _waiting: list[Waiting] = field(default_factory=list)
    _details: list[Owner] = field(default_factory=list)
    # The change of each entry that was taken.
    _seen: dict[int, int] = field(default_factory=dict)
    _live: dict[OwnerKind, _Live] = field(default_factory=dict)
    _change: int = 0
    _is_all_taken: bool = False
    # Up to here all changes were in the index when the run began.
    _built: int = 0
    _published: int = -1
    _last_publish: float = 0.0
    _publish_took_s: float = 0.0

    def __post_init__(self) -> None:
        self._identity = identity_of(self.encoder)

    def run(self, owners: Iterable[Owner] = (), change: int | None = None) -> None:
        """Work until nothing waits: these owners, told of in *change*, and all the outbox names."""
        asked = list(owners)
        self._built = self._read_state()[1]
        if change is not None and change <= self._built:
            # Another run took this entry along; only what explains may be left to do.
            self._details.extend(asked)
            self._published = self._built
        else:
            for owner in asked:
                self._add(owner, len(asked))
        while self._step():
            pass
        if self._published < self._change or any(live.changes for live in self._live.values()):
            self._open_indexes()
            self._publish(is_complete=True)

    def _step(self) -> bool:
        """Do the most urgent part of what is left; return whether anything was."""
        self._take_entries()
        if self._published < self._change:
            # It may add everybody, where what was published is lost.
            self._open_indexes()
        if self._waiting:
            owners, is_awaited = self._next_batch()
            self._passages(owners, is_awaited=is_awaited)
        elif self._details:
            self._explanations(self._details[:EXPLAINED_PER_BATCH])
            del self._details[:EXPLAINED_PER_BATCH]
        else:
            return False
        return True

    def _read_state(self) -> tuple[int, int]:
        """Return the change that is wanted, and the one up to which all are in the index."""
        with self.database.reading() as session:
            state = changes.index_state(session)
            return (state.wanted_change, state.built_change) if state else (0, 0)

    def _take_entries(self) -> None:
        """Read which change is wanted, then the entries: all up to that change are among them.

        An entry comes with its change, raised where it tells of a second change of the same owner.
        """
        wanted = self._read_state()[0]
        if wanted == self._change and self._is_all_taken:
            return
        entry_change = func.coalesce(OutboxEntry.arguments["change"].as_integer(), wanted)
        with self.database.reading() as session:
            waiting = session.execute(
                select(OutboxEntry.id, entry_change).where(
                    OutboxEntry.job == changes.REFRESH,
                    OutboxEntry.done_at.is_(None),
                    entry_change > self._built,
                )
            ).all()
            new = {id: change for id, change in waiting if change > self._seen.get(id, -1)}
            entries = session.execute(
                select(OutboxEntry.id, OutboxEntry.arguments)
                .where(OutboxEntry.id.in_(list(new)[:ENTRIES_AT_ONCE]))
                .order_by(OutboxEntry.id)
            ).all()
        # With some entries unread, the change that is complete stays where it was.
        self._is_all_taken = len(new) <= ENTRIES_AT_ONCE
        self._change = wanted if self._is_all_taken else self._change
        for entry_id, arguments in entries:
            self._seen[entry_id] = new[entry_id]
            ids = arguments.get("ids", [])
            for owner_id in ids:
                self._add(Owner(OwnerKind(arguments["kind"]), owner_id), len(ids))

    def _add(self, owner: Owner, size: int) -> None:
        heapq.heappush(self._waiting, (size, len(self._seen), owner.kind.value, owner.id))

    def _next_batch(self) -> tuple[list[Owner], bool]:
        """Return the next owners of one kind, each once, and whether somebody waits for them."""
        size, _, kind, _ = self._waiting[0]
        batch: dict[int, Owner] = {}
        while self._waiting and self._waiting[0][2] == kind and len(batch) < OWNERS_PER_BATCH:
            owner_id = heapq.heappop(self._waiting)[3]
            batch[owner_id] = Owner(OwnerKind(kind), owner_id)
        return list(batch.values()), size == SINGLE

    def _passages(self, owners: Sequence[Owner], *, is_awaited: bool) -> None:
        kind, ids = owners[0].kind, [owner.id for owner in owners]
        self._embed(kind, ids, (Role.PASSAGE,), is_whole=False)
        self._index(kind, ids)
        self._details.extend(owners)
        pause_s = 0.0 if is_awaited else PUBLISH_AFTER_S
        due = time.monotonic() - self._last_publish > max(
            pause_s, self._publish_took_s * PUBLISH_SHARE
        )
        if due or not self._waiting:
            self._publish(is_complete=not self._waiting)

    def _explanations(self, owners: Sequence[Owner]) -> None:
        for kind in OwnerKind:
            if ids := list(dict.fromkeys(owner.id for owner in owners if owner.kind is kind)):
                self._embed(kind, ids, EVERY_ROLE, is_whole=True)

    def _embed(
        self, kind: OwnerKind, ids: Sequence[int], roles: Sequence[Role], *, is_whole: bool
    ) -> None:
        with self.database.reading() as session:
            batch = texts.read_batch(session, kind, ids, roles, self._identity)
        encoded = texts.encode(self.encoder, batch)
        with self.database.writing() as session:
            texts.write_batch(session, batch, encoded, self._identity, is_whole=is_whole)

    def _index(self, kind: OwnerKind, ids: Sequence[int]) -> None:
        """Make the index say of these owners what the database says now."""
        live = self._live[kind]
        with self.database.reading() as session:
            kept = queries.among(session, queries.indexable(kind), ids)
            vectors = embeddings.read_passages(session, kind, self._identity, kept)
        for owner in map(str, ids):
            rows = vectors.get(owner)
            if not embeddings.is_same(live.index.rows_of(owner), rows):
                live.changes[owner] = Change(owner, rows)
                live.index.apply([live.changes[owner]])

    def _open_indexes(self) -> None:
        """Go on from what is published; what is lost, damaged or another encoder's is rebuilt."""
        if self._live:
            return
        for kind in OwnerKind:
            generation = self.writer.load(kind)
            # Behind what the database knows as built: files were lost, or are those of a backup.
            if generation is not None and generation.change >= self._built:
                index = generation.index.fork()
                self._live[kind] = _Live(index, generation.number, generation.change)
            else:
                self._live[kind] = _Live(self._rebuilt(kind), 0, 0)

    def _rebuilt(self, kind: OwnerKind) -> VectorIndex:
        """Build from the stored vectors; whoever has none waits to be embedded."""
        index = self.new_index()
        with self.database.reading() as session:
            allowed = queries.indexable(kind)
            vectors = embeddings.read_passages(session, kind, self._identity, allowed)
            embeddable = session.scalars(queries.embeddable(kind)).all()
        for id in embeddable:
            self._add(Owner(kind, id), len(embeddable))
        get_logger().info("index_rebuilt", kind=kind.value, owners=len(vectors))
        return index.build(vectors)

    def new_index(self) -> VectorIndex:
        """Return an empty index of this encoder."""
        identity = self._identity
        return VectorIndex(
            self.encoder.similarity, identity.name, identity.revision, identity.dimension
        )

    def _publish(self, *, is_complete: bool) -> None:
        """Publish what changed, then say so in the database."""
        started = time.monotonic()
        for kind, live in self._live.items():
            # What is published half way does not include all of any later change.
            change = self._change if is_complete else live.change
            if not live.number:
                live.number = self.writer.publish(kind, live.index, change)
            elif live.changes or live.change < change:
                self.writer.append(kind, list(live.changes.values()), change)
            live.change, live.changes = change, {}
        self._last_publish = time.monotonic()
        self._publish_took_s = self._last_publish - started
        generation = ".".join(str(self._live[kind].number) for kind in OwnerKind)
        with self.database.writing() as session:
            _record(session, generation, self._change if is_complete else None)
        if is_complete:
            self._published = self._change


def _record(session: Session, generation: str, change: int | None) -> None:
    """Write which generation is served; the change it includes only ever rises."""
    changes.ensure_state(session)
    session.execute(
        update(IndexState)
        .where(IndexState.id == changes.STATE_ID)
        .values(generation=generation, built_at=now())
    )
    if change is not None:
        session.execute(
            update(IndexState)
            .where(IndexState.id == changes.STATE_ID, IndexState.built_change < change)
            .values(built_change=change)
        )
