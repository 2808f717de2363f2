"""What partner institutions do: host a need together with those who ask, and see totals."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.choices import CoHostingSide, CoHostingState
from models.types import CreatedAt, Document, IdKey, LongText, PublicId, TZDateTime, choice, now

if TYPE_CHECKING:
    from models.institution import Institution
    from models.need import Need


class CoHosting(Base):
    """One need and one other institution: proposed by either side, agreed by the other."""

    __tablename__ = "co_hosting"
    __table_args__ = (
        UniqueConstraint("need_id", "institution_id"),
        Index(None, "state", "state_since"),
    )

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    # The partner; the other side is the need's own institution.
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), index=True
    )
    proposed_by: Mapped[CoHostingSide] = mapped_column(choice(CoHostingSide))
    state: Mapped[CoHostingState] = mapped_column(choice(CoHostingState))
    state_since: Mapped[datetime] = mapped_column(TZDateTime, default=now)
    # What the partner would bring, in the words of whoever proposed.
    message: Mapped[LongText] = mapped_column(default="")
    reminded_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]

    need: Mapped[Need] = relationship()
    institution: Mapped[Institution] = relationship()


class PartnerFigures(Base):
    """Totals about a partner's own people, made once a month so that days cannot be compared."""

    __tablename__ = "partner_figures"
    __table_args__ = (UniqueConstraint("institution_id", "month"),)

    id: Mapped[IdKey]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"))
    # The first day of the month.
    month: Mapped[date]
    # Only numbers that may be shown.
    figures: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    created_at: Mapped[CreatedAt]
