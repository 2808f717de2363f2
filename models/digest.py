"""Who wants which digest how often, and what they were told already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.choices import DigestList, Frequency
from models.types import CreatedAt, IdKey, TZDateTime, UpdatedAt, choice


class DigestPreference(Base):
    """One person's wish for one list; no row means weekly."""

    __tablename__ = "digest_preference"
    __table_args__ = (UniqueConstraint("user_id", "list"),)

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    list: Mapped[DigestList] = mapped_column(choice(DigestList))
    frequency: Mapped[Frequency] = mapped_column(choice(Frequency), default=Frequency.WEEKLY)
    last_sent_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class DigestItem(Base):
    """A match that a person was told about: the unique key makes telling it twice impossible."""

    __tablename__ = "digest_item"
    __table_args__ = (UniqueConstraint("user_id", "list", "need_id", "expert_id"),)

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    list: Mapped[DigestList] = mapped_column(choice(DigestList))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    mail_id: Mapped[int | None] = mapped_column(
        ForeignKey("mail_message.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[CreatedAt]
