"""Mail that was accepted for sending, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.choices import MailState
from models.types import CreatedAt, Document, IdKey, LongText, TZDateTime, choice


class MailMessage(Base):
    """A message in full. It is cancelled with its person, and its text is dropped once sent."""

    __tablename__ = "mail_message"
    __table_args__ = (Index(None, "state", "created_at"),)

    id: Mapped[IdKey]
    # Null for somebody without an account, as before a first sign-in.
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(60))
    # A message with the same key is the same message: written once, sent once.
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    # The Message-ID header: the same in each attempt, so that a receiver can fold doubles.
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(255))
    body_text: Mapped[LongText]
    body_html: Mapped[LongText] = mapped_column(default="")
    # Further headers, such as List-Unsubscribe.
    headers: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    # Ids of experts whose withdrawal must stop this message.
    mentions_experts: Mapped[list[int]] = mapped_column(Document, default=list)
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[CreatedAt]
    claimed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(TZDateTime)
