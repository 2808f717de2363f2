"""Vectors of texts: derived, and worth keeping because they cost time to make."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.choices import OwnerKind
from models.types import BigId, CreatedAt, IdKey, LanguageCode, choice

# The position of a whole passage; its sentences are numbered from 0.
PASSAGE = -1


class Embedding(Base):
    """The vector of one passage, or of one sentence of it, by one encoder.

    There is no foreign key, since the owner is an expert or a need; whoever deletes an owner
    deletes its embeddings, and the sweep finds orphans.
    """

    __tablename__ = "embedding"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id", "item", "position", "encoder"),
        Index(None, "encoder", "owner_kind"),
    )

    id: Mapped[IdKey]
    owner_kind: Mapped[OwnerKind] = mapped_column(choice(OwnerKind))
    owner_id: Mapped[int] = mapped_column(BigId)
    # Which text of the owner: "about", "evidence:12", "task", ...
    item: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=PASSAGE)
    encoder: Mapped[str] = mapped_column(String(120))
    revision: Mapped[str] = mapped_column(String(80))
    # SHA-256 of the text that was encoded: a different text makes the row stale.
    text_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[LanguageCode | None]
    dimension: Mapped[int]
    # Little-endian half precision, as `matching.vectors.to_bytes` writes it.
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]


class IndexState(Base):
    """One row that says which change of texts the index has, and which it should have."""

    __tablename__ = "index_state"

    id: Mapped[IdKey]
    # Raised in the transaction of each change that matching must see.
    wanted_change: Mapped[int] = mapped_column(BigId, default=0)
    # The change that the published generation includes.
    built_change: Mapped[int] = mapped_column(BigId, default=0)
    generation: Mapped[str] = mapped_column(String(80), default="")
    built_at: Mapped[CreatedAt]
