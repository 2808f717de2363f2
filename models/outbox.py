"""Work that must happen, written in the transaction of its cause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import CreatedAt, Document, IdKey, TZDateTime, now


class OutboxEntry(Base):
    """One job to run. The database is the truth: Redis may forget it, this row does not."""

    __tablename__ = "outbox_entry"
    __table_args__ = (Index(None, "done_at", "available_at"),)

    id: Mapped[IdKey]
    job: Mapped[str] = mapped_column(String(120))
    # Ids and plain values, never personal data.
    arguments: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    # At most one waiting entry may carry a key; the writer clears it when the job is done.
    unique_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    created_at: Mapped[CreatedAt]
    available_at: Mapped[datetime] = mapped_column(TZDateTime, default=now)
    # When a relay last handed it to the queue.
    claimed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    done_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
