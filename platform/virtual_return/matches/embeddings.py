"""Keep vectors in the database: derived, compared by hash, written in whole documents."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from matching.documents import Document, NeedDocument
from matching.plan import (
    PlannedText,
    Role,
    embedding_plan,
    passage_id_of,
    sentence_item,
    skill_item,
)
from matching.vectors import Float32, ItemVectors, from_bytes, many_from_bytes, to_bytes
from models import PASSAGE, Embedding, now
from models.choices import OwnerKind

ITEM_LENGTH = 60
# Skills are no passages, and have no sentences either: a place that neither uses.
SKILL = -2


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What a vector must have come from to be comparable."""

    name: str
    revision: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a vector is kept within its owner."""

    item: str
    position: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A planned text with its vector."""

    text: PlannedText
    vector: Float32


def place_of(item: str) -> Place:
    """Translate matching's item key into columns; a key that is too long is kept by its hash."""
    role, _, rest = item.partition(":")
    if role == Role.SENTENCE:
        return Place(_fitting(passage_id_of(item)), int(rest.rpartition(":")[2]))
    return Place(_fitting(rest), PASSAGE if role == Role.PASSAGE else SKILL)


def stored_hashes(
    session: Session, kind: OwnerKind, owner_ids: Collection[int], encoder: EncoderIdentity
) -> Mapping[int, Mapping[Place, str]]:
    """Return the hash of each text that has a vector of this encoder, by owner."""
    return _hashes(
        session,
        owner_ids,
        _of_owners(kind, owner_ids).where(
            Embedding.encoder == encoder.name, Embedding.revision == encoder.revision
        ),
    )


def hashes_by_any_encoder(
    session: Session, kind: OwnerKind, owner_ids: Collection[int]
) -> Mapping[int, Mapping[Place, str]]:
    """Return the same whatever the encoder: whether texts changed does not depend on it."""
    return _hashes(session, owner_ids, _of_owners(kind, owner_ids))


def _of_owners(kind: OwnerKind, owner_ids: Collection[int]) -> Select[int, str, int, str]:
    return select(
        Embedding.owner_id, Embedding.item, Embedding.position, Embedding.text_hash
    ).where(Embedding.owner_kind == kind, Embedding.owner_id.in_(owner_ids))


def _hashes(
    session: Session,
    owner_ids: Collection[int],
    query: Select[int, str, int, str],
) -> Mapping[int, Mapping[Place, str]]:
    rows = session.execute(query.order_by(Embedding.id))
    found: dict[int, dict[Place, str]] = {owner_id: {} for owner_id in owner_ids}
    for owner_id, item, position, text_hash in rows:
        found[owner_id][Place(item, position)] = text_hash
    return found


def missing(plan: Iterable[PlannedText], stored: Mapping[Place, str]) -> list[PlannedText]:
    """Return the texts of a plan that have no vector, or the vector of another text."""
    return [text for text in plan if stored.get(place_of(text.item)) != text.digest]


def write(
    session: Session,
    kind: OwnerKind,
    owner_id: int,
    encoder: EncoderIdentity,
    encoded: Sequence[Encoded],
) -> None:
    """Write vectors of one owner in place of those of the same texts before."""
    places = {place_of(one.text.item): one for one in encoded}
    if not places:
        return
    for position in {place.position for place in places}:
        session.execute(
            delete(Embedding).where(
                Embedding.owner_kind == kind,
                Embedding.owner_id == owner_id,
                Embedding.encoder == encoder.name,
                Embedding.position == position,
                Embedding.item.in_({place.item for place in places if place.position == position}),
            )
        )
    session.execute(
        insert(Embedding),
        [
            {
                "owner_kind": kind,
                "owner_id": owner_id,
                "item": place.item,
                "position": place.position,
                "encoder": encoder.name,
                "revision": encoder.revision,
                "text_hash": one.text.digest,
                "language": one.text.language,
                "dimension": encoder.dimension,
                "vector": to_bytes(one.vector),
                "created_at": now(),
            }
            for place, one in places.items()
        ],
    )


def drop_leftovers(
    session: Session, kind: OwnerKind, owner_id: int, plan: Iterable[PlannedText]
) -> None:
    """Delete vectors of texts that the owner no longer has, by whatever encoder."""
    wanted = {place_of(text.item) for text in plan}
    rows = session.execute(
        select(Embedding.id, Embedding.item, Embedding.position).where(
            Embedding.owner_kind == kind, Embedding.owner_id == owner_id
        )
    )
    gone = [id for id, item, position in rows if Place(item, position) not in wanted]
    if gone:
        session.execute(delete(Embedding).where(Embedding.id.in_(gone)))


def forget(session: Session, kind: OwnerKind, owner_ids: Collection[int]) -> None:
    """Delete all vectors of these owners."""
    if owner_ids:
        session.execute(
            delete(Embedding).where(Embedding.owner_kind == kind, Embedding.owner_id.in_(owner_ids))
        )


def read_items(
    session: Session,
    kind: OwnerKind,
    documents: Mapping[int, Document],
    encoder: EncoderIdentity,
) -> dict[str, ItemVectors]:
    """Return all stored vectors of these documents by owner, with matching's item keys.

    Between an edit and the refresh that follows it, a vector may be that of the text before; it
    then orders what is quoted, while the words themselves are always the present ones.
    """
    rows = session.execute(_vectors(kind, encoder).where(Embedding.owner_id.in_(documents)))
    skills = {owner_id: _skills_of(document) for owner_id, document in documents.items()}
    pairs: dict[int, list[tuple[str, bytes]]] = {owner_id: [] for owner_id in documents}
    for owner_id, item, position, vector in rows:
        key = skills[owner_id].get(item) if position == SKILL else _item_of(item, position)
        if key is not None:
            pairs[owner_id].append((key, vector))
    return {
        str(owner_id): ItemVectors(
            tuple(key for key, _ in found),
            many_from_bytes([stored for _, stored in found], encoder.dimension),
        )
        for owner_id, found in pairs.items()
    }


def is_current(
    session: Session, kind: OwnerKind, owner_id: int, document: Document, encoder: EncoderIdentity
) -> bool:
    """Say whether every passage of a document has the vector of its present text."""
    plan = embedding_plan(document, (Role.PASSAGE,))
    stored = stored_hashes(session, kind, [owner_id], encoder)[owner_id]
    return bool(plan) and not missing(plan, stored)


def read_passages(
    session: Session,
    kind: OwnerKind,
    encoder: EncoderIdentity,
    among: Collection[int] | Select[int],
) -> dict[str, ItemVectors]:
    """Return the vectors that belong into the index, by owner."""
    rows = session.execute(
        _vectors(kind, encoder)
        .where(Embedding.owner_id.in_(among), Embedding.position == PASSAGE)
        .order_by(Embedding.owner_id, Embedding.id)
        .execution_options(yield_per=2_000)
    )
    found: dict[str, list[tuple[str, Float32]]] = {}
    for owner_id, item, _position, vector in rows:
        pairs = found.setdefault(str(owner_id), [])
        pairs.append((_item_of(item, PASSAGE), from_bytes(vector)))
    return {owner: ItemVectors.of(pairs, encoder.dimension) for owner, pairs in found.items()}


def is_same(indexed: ItemVectors, stored: ItemVectors | None) -> bool:
    """Say whether rows of the index are those that the database has for an owner."""
    if stored is None or set(indexed.items) != set(stored.items):
        return stored is None and not indexed.items
    return np.array_equal(indexed.pick(stored.items).vectors, stored.vectors)


def _vectors(kind: OwnerKind, encoder: EncoderIdentity) -> Select[int, str, int, bytes]:
    return select(Embedding.owner_id, Embedding.item, Embedding.position, Embedding.vector).where(
        Embedding.owner_kind == kind,
        Embedding.encoder == encoder.name,
        Embedding.revision == encoder.revision,
    )


def _item_of(item: str, position: int) -> str:
    return f"{Role.PASSAGE}:{item}" if position == PASSAGE else sentence_item(item, position)


def _skills_of(document: Document) -> dict[str, str]:
    """Return the item key of each skill by what it is kept under."""
    if isinstance(document, NeedDocument):
        claims = document.must_have + document.useful
    else:
        claims = document.skills
    keys = [skill_item(claim) for claim in claims]
    return {place_of(key).item: key for key in keys}


def _fitting(key: str) -> str:
    if len(key) <= ITEM_LENGTH:
        return key
    return hashlib.sha256(key.encode()).hexdigest()[:40]
