"""An owner's word for a member who lost all ways into an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import CreatedAt, IdKey, TZDateTime


class AccountRecovery(Base):
    """One row for each account; it goes when it is finished, stopped or too old."""

    __tablename__ = "account_recovery"

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), index=True
    )
    # It ends with the account of the owner who vouched.
    vouched_by_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    # The new address, which opens the account in the end.
    email: Mapped[str] = mapped_column(String(254))
    # SHA-256 of the secrets in the links: to the new address, and to the old one, which stops it.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # When the new address was confirmed, and from when on the account may be opened.
    confirmed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    opens_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    expires_at: Mapped[datetime] = mapped_column(TZDateTime, index=True)
    created_at: Mapped[CreatedAt]
