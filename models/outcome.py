"""What became of a match: shown, opened, invited, accepted, declined. Ids, ranks and days only."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.choices import OutcomeKind, OutcomeList
from models.types import IdKey, choice


class Outcome(Base):
    """One event of one pair on one day, kept for twelve months to evaluate matching offline.

    No text, no address, no session and nobody who looked; whatever happens twice on a day is one
    row. Nothing that ranks reads this table.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        UniqueConstraint("need_id", "expert_id", "list", "kind", "day"),
        Index(None, "day"),
    )

    id: Mapped[IdKey]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    list: Mapped[OutcomeList] = mapped_column(choice(OutcomeList))
    kind: Mapped[OutcomeKind] = mapped_column(choice(OutcomeKind))
    # From 1. Of the first showing that day; of later events, where it stood when last shown.
    rank: Mapped[int | None]
    day: Mapped[date]
    # The generation of the index that the list was made from, where one is known.
    generation: Mapped[str] = mapped_column(String(80), default="")
