"""What was said about a need and an expert at one moment, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.choices import Band
from models.types import CreatedAt, Document, IdKey, PublicId, UpdatedAt, choice

if TYPE_CHECKING:
    from models.expert import Expert
    from models.need import Need


class MatchSnapshot(Base):
    """A match as it was shown or mailed: band and reasons, from the code that scored."""

    __tablename__ = "match_snapshot"
    __table_args__ = (UniqueConstraint("need_id", "expert_id"),)

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    band: Mapped[Band] = mapped_column(choice(Band))
    score: Mapped[float]
    reasons: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    generation: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    need: Mapped[Need] = relationship()
    expert: Mapped[Expert] = relationship()
