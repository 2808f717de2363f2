"""Somebody's wish to make one account of two of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import CreatedAt, IdKey, TZDateTime


class MergeRequest(Base):
    """One row for each account that stays; it goes when it is used, left or too old."""

    __tablename__ = "merge_request"

    id: Mapped[IdKey]
    # The account that stays, whose browser asked.
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    # The account that goes into it; null where the address that was typed has none.
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    # SHA-256 of the secret in the mailed link; null once used, or where a provider proved it.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # When somebody showed that the other account is theirs, and its second factor.
    proved_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    second_factor_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    expires_at: Mapped[datetime] = mapped_column(TZDateTime, index=True)
    created_at: Mapped[CreatedAt]
