"""What two sides do together, from the invitation to the outcome."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.choices import EngagementState
from models.types import CreatedAt, Document, IdKey, LongText, PublicId, TZDateTime, choice, now

if TYPE_CHECKING:
    from models.expert import Expert
    from models.need import Need
    from models.user import User


class Engagement(Base):
    """One expert and one need; every waiting state has a moment at which it ends by itself."""

    __tablename__ = "engagement"
    __table_args__ = (
        UniqueConstraint("need_id", "expert_id"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    state: Mapped[EngagementState] = mapped_column(choice(EngagementState))
    message: Mapped[LongText] = mapped_column(default="")
    # Why it was declined or ended; optional, read by programme staff alone.
    private_reason: Mapped[LongText] = mapped_column(default="")
    # Whether names may be shown to the other side: set once, by the mutual yes.
    revealed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # Band and reasons as they stood at the invitation.
    reasons: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    band: Mapped[str] = mapped_column(String(40), default="")
    reminded_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    due_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
    state_since: Mapped[datetime] = mapped_column(TZDateTime, default=now)

    need: Mapped[Need] = relationship()
    expert: Mapped[Expert] = relationship()
    invited_by: Mapped[User | None] = relationship()
