"""What an institution asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.choices import (
    Bandwidth,
    Cefr,
    EngagementKind,
    Importance,
    LocalAvailability,
    Mode,
    Money,
    NeedState,
    NeedVisibility,
)
from models.types import (
    CreatedAt,
    IdKey,
    LanguageCode,
    LongText,
    PublicId,
    ShortText,
    TZDateTime,
    UpdatedAt,
    choice,
)

if TYPE_CHECKING:
    from models.institution import Institution, Unit
    from models.rule import EligibilityRule
    from models.skill import Skill
    from models.user import User


class Need(Base):
    """A need of exactly one kind; open to experts only after a coordinator approved it."""

    __tablename__ = "need"
    __table_args__ = (Index(None, "state", "opened_at"),)

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="SET NULL"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    state: Mapped[NeedState] = mapped_column(choice(NeedState), default=NeedState.DRAFT)
    visibility: Mapped[NeedVisibility] = mapped_column(
        choice(NeedVisibility), default=NeedVisibility.PUBLIC
    )
    # A verb phrase: "Review our water treatment curriculum".
    title: Mapped[ShortText] = mapped_column(default="")
    language: Mapped[LanguageCode | None]
    kind: Mapped[EngagementKind | None] = mapped_column(choice(EngagementKind))
    sector: Mapped[ShortText] = mapped_column(default="")
    # ISCED-F 2013 code of two to four digits.
    field_of_study: Mapped[str] = mapped_column(String(4), default="", index=True)
    counterpart_name: Mapped[ShortText] = mapped_column(default="")
    counterpart_role: Mapped[ShortText] = mapped_column(default="")
    problem: Mapped[LongText] = mapped_column(default="")
    tried: Mapped[LongText] = mapped_column(default="")
    task: Mapped[LongText] = mapped_column(default="")
    deliverable: Mapped[LongText] = mapped_column(default="")
    success: Mapped[LongText] = mapped_column(default="")
    who_learns: Mapped[LongText] = mapped_column(default="")
    continues_with: Mapped[LongText] = mapped_column(default="")
    mode: Mapped[Mode] = mapped_column(choice(Mode), default=Mode.REMOTE)
    hours_per_week: Mapped[int | None]
    weeks: Mapped[int | None]
    window_start: Mapped[date | None]
    window_end: Mapped[date | None]
    latest_start: Mapped[date | None]
    # Hours of the working day that both must share.
    overlap_hours: Mapped[int | None]
    time_zone: Mapped[str] = mapped_column(String(64), default="")
    tools: Mapped[LongText] = mapped_column(default="")
    connectivity: Mapped[Bandwidth | None] = mapped_column(choice(Bandwidth))
    host_contribution: Mapped[LongText] = mapped_column(default="")
    money: Mapped[Money | None] = mapped_column(choice(Money))
    money_amount: Mapped[float | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    money_currency: Mapped[str] = mapped_column(String(3), default="")
    money_payer: Mapped[ShortText] = mapped_column(default="")
    local_availability: Mapped[LocalAvailability | None] = mapped_column(choice(LocalAvailability))
    # "How did you look?"
    local_search: Mapped[LongText] = mapped_column(default="")
    security_note: Mapped[LongText] = mapped_column(default="")
    partner_institution_id: Mapped[int | None] = mapped_column(
        ForeignKey("institution.id", ondelete="SET NULL")
    )
    # Set by a coordinator alone; nothing else makes origin or standing matter.
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("eligibility_rule.id"), index=True)
    # The reason that a coordinator gave with the last decision.
    review_note: Mapped[LongText] = mapped_column(default="")
    appeal: Mapped[LongText] = mapped_column(default="")
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    submitted_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(TZDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    institution: Mapped[Institution] = relationship(
        back_populates="needs", foreign_keys=[institution_id]
    )
    unit: Mapped[Unit | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    partner_institution: Mapped[Institution | None] = relationship(
        foreign_keys=[partner_institution_id]
    )
    rule: Mapped[EligibilityRule | None] = relationship()
    skills: Mapped[list[NeedSkill]] = relationship(
        back_populates="need", cascade="all, delete-orphan", order_by="NeedSkill.id"
    )
    languages: Mapped[list[NeedLanguage]] = relationship(
        back_populates="need", cascade="all, delete-orphan", order_by="NeedLanguage.id"
    )


class NeedSkill(Base):
    """A skill that a need must have or could use."""

    __tablename__ = "need_skill"

    id: Mapped[IdKey]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"), index=True)
    label: Mapped[ShortText]
    importance: Mapped[Importance] = mapped_column(choice(Importance))

    need: Mapped[Need] = relationship(back_populates="skills")
    skill: Mapped[Skill | None] = relationship()


class NeedLanguage(Base):
    """A language that the work must be delivered in, at least at this level."""

    __tablename__ = "need_language"
    __table_args__ = (UniqueConstraint("need_id", "language"),)

    id: Mapped[IdKey]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    language: Mapped[LanguageCode]
    level: Mapped[Cefr] = mapped_column(choice(Cefr))

    need: Mapped[Need] = relationship(back_populates="languages")
