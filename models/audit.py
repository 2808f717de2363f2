"""Who did what: a row for each act, written by the operation that did it, and chained.

The database refuses to change or delete these rows: see migration 0008.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, CreatedAt, Document, IdKey


class AuditEvent(Base):
    """One act. Ids without foreign keys, so that the trail outlives what it speaks of."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "object_kind", "object_id"),)

    id: Mapped[IdKey]
    # Null when the system itself acted.
    actor_id: Mapped[int | None] = mapped_column(BigId, index=True)
    # A constant such as "need.approved".
    action: Mapped[str] = mapped_column(String(80), index=True)
    object_kind: Mapped[str] = mapped_column(String(40), default="")
    object_id: Mapped[int | None] = mapped_column(BigId)
    # Ids and codes, never personal data.
    details: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    created_at: Mapped[CreatedAt]


class AuditLink(Base):
    """One link of the chain; its number is its place, without gaps."""

    __tablename__ = "audit_link"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), unique=True)
    # SHA-256 of the hash before and of the event, in hexadecimal.
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """Where the chain ends: one row, which whoever appends locks."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigId)
    hash: Mapped[str] = mapped_column(String(64))
