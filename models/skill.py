"""The taxonomy of skills: one concept, labels in many languages."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.types import CreatedAt, IdKey, LanguageCode, ShortText


class Skill(Base):
    """A concept of a taxonomy, such as ESCO, kept under its URI."""

    __tablename__ = "skill"

    id: Mapped[IdKey]
    uri: Mapped[str] = mapped_column(String(255), unique=True)
    # "skill", "knowledge" or "occupation", as the taxonomy says.
    kind: Mapped[str] = mapped_column(String(40), default="skill")
    created_at: Mapped[CreatedAt]

    labels: Mapped[list[SkillLabel]] = relationship(
        back_populates="skill", cascade="all, delete-orphan"
    )


class SkillBroader(Base):
    """One concept stands directly above another in the taxonomy; some stand below several."""

    __tablename__ = "skill_broader"

    skill_id: Mapped[int] = mapped_column(
        ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True
    )
    broader_id: Mapped[int] = mapped_column(
        ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SkillLabel(Base):
    """What a skill is called in one language; one label of each language is preferred."""

    __tablename__ = "skill_label"
    __table_args__ = (
        UniqueConstraint("skill_id", "language", "label"),
        Index(None, "folded"),
    )

    id: Mapped[IdKey]
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id", ondelete="CASCADE"))
    language: Mapped[LanguageCode]
    label: Mapped[ShortText]
    # The label without case, accents and double spaces, for look-up.
    folded: Mapped[ShortText]
    is_preferred: Mapped[bool] = mapped_column(default=False)

    skill: Mapped[Skill] = relationship(back_populates="labels")
