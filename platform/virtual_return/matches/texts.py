"""Read documents in one short transaction, write their vectors in another, check in between."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matching.documents import Document
from matching.encoder import Encoder
from matching.plan import PlannedText, Role, embedding_plan
from models.choices import OwnerKind
from virtual_return.matches import embeddings, queries
from virtual_return.matches.documents import fingerprint, need_document, person_document
from virtual_return.matches.embeddings import Encoded, EncoderIdentity


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose texts are looked at."""

    kind: OwnerKind
    id: int


@dataclass(frozen=True)
class Batch:
    """Some owners of one kind as they were read, and what of theirs has no vector."""

    kind: OwnerKind
    ids: tuple[int, ...]
    plans: Mapping[int, Sequence[PlannedText]]
    fingerprints: Mapping[int, str]
    missing: Mapping[int, Sequence[PlannedText]]


def read_documents(session: Session, kind: OwnerKind, ids: Collection[int]) -> dict[int, Document]:
    """Return the documents of those owners whose texts are embedded at all."""
    kept = queries.among(session, queries.embeddable(kind), ids)
    if kind is OwnerKind.NEED:
        needs = queries.needs(session, kept, *queries.NEED_TEXTS)
        return {id: need_document(need) for id, need in needs.items()}
    experts = queries.experts(session, kept, *queries.EXPERT_TEXTS)
    return {id: person_document(expert) for id, expert in experts.items()}


def read_batch(
    session: Session,
    kind: OwnerKind,
    ids: Sequence[int],
    roles: Sequence[Role],
    encoder: EncoderIdentity,
) -> Batch:
    """Read owners and find out which of their texts of these roles have no vector."""
    documents = read_documents(session, kind, ids)
    stored = embeddings.stored_hashes(session, kind, ids, encoder)
    plans = {id: embedding_plan(document, roles) for id, document in documents.items()}
    return Batch(
        kind=kind,
        ids=tuple(ids),
        plans=plans,
        fingerprints={id: fingerprint(document) for id, document in documents.items()},
        missing={id: embeddings.missing(plan, stored[id]) for id, plan in plans.items()},
    )


def encode(encoder: Encoder, batch: Batch) -> dict[int, list[Encoded]]:
    """Encode what is missing, in one pass; no transaction may be open."""
    texts = [text for missing in batch.missing.values() for text in missing]
    vectors = iter(encoder.encode([t.text for t in texts], [t.language for t in texts]))
    return {
        id: [Encoded(text, next(vectors)) for text in missing]
        for id, missing in batch.missing.items()
    }


def write_batch(
    session: Session,
    batch: Batch,
    encoded: Mapping[int, Sequence[Encoded]],
    encoder: EncoderIdentity,
    *,
    is_whole: bool,
) -> None:
    """Write vectors of owners whose texts are still those that were read; forget who is gone.

    With `is_whole`, the batch planned every text, so that vectors of others are left over.
    """
    present = read_documents(session, batch.kind, batch.ids)
    embeddings.forget(session, batch.kind, [id for id in batch.ids if id not in present])
    for id, found in encoded.items():
        document = present.get(id)
        # Whoever edited meanwhile has written an entry of their own, which comes next.
        if document is None or fingerprint(document) != batch.fingerprints[id]:
            continue
        embeddings.write(session, batch.kind, id, encoder, found)
        if is_whole:
            embeddings.drop_leftovers(session, batch.kind, id, batch.plans[id])
