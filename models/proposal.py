"""What a record elsewhere says of somebody, waiting for their own look before any of it counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.choices import EvidenceKind, ProposalState, RecordSource, RecordState
from models.types import CreatedAt, IdKey, LongText, ShortText, TZDateTime, choice


class RecordImport(Base):
    """One record that somebody asked to have read; asking again reads it again."""

    __tablename__ = "record_import"
    __table_args__ = (UniqueConstraint("expert_id", "source"),)

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"))
    source: Mapped[RecordSource] = mapped_column(choice(RecordSource))
    # The person's identifier there, such as an ORCID iD.
    identifier: Mapped[str] = mapped_column(String(64))
    state: Mapped[RecordState] = mapped_column(choice(RecordState))
    # What the record calls them, if that is public; used only if they say so.
    name: Mapped[ShortText] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(TZDateTime)
    read_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]


class ProposedItem(Base):
    """One thing that a record says; it becomes evidence when its owner keeps it."""

    __tablename__ = "proposed_item"
    __table_args__ = (UniqueConstraint("expert_id", "source", "source_key"),)

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"))
    source: Mapped[RecordSource] = mapped_column(choice(RecordSource))
    # What the record itself calls this item, the same at each reading.
    source_key: Mapped[str] = mapped_column(String(120))
    # SHA-256 of what it says, to find out whether it says something new.
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState))
    kind: Mapped[EvidenceKind] = mapped_column(choice(EvidenceKind))
    title: Mapped[str] = mapped_column(String(500))
    text: Mapped[LongText] = mapped_column(default="")
    start_year: Mapped[int | None]
    end_year: Mapped[int | None]
    link: Mapped[str] = mapped_column(String(500), default="")
    # The evidence that it became; null too when that was deleted since.
    evidence_id: Mapped[int | None] = mapped_column(
        ForeignKey("evidence_item.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[CreatedAt]
