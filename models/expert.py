"""What a person offers, who may see it, and when they can give it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.choices import (
    AvailabilityKind,
    Bandwidth,
    BlockKind,
    Cefr,
    ContactPreference,
    DeliveryExperience,
    EvidenceKind,
    Recognition,
    SkillLevel,
    Standing,
    TieKind,
    Visibility,
)
from models.types import (
    CountryCode,
    CreatedAt,
    Document,
    IdKey,
    LanguageCode,
    LongText,
    PublicId,
    ShortText,
    TZDateTime,
    UpdatedAt,
    choice,
    now,
)

if TYPE_CHECKING:
    from models.skill import Skill
    from models.user import User


class Expert(Base):
    """A profile. It starts hidden, and free text is shown only in the form that was approved."""

    __tablename__ = "expert"

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    standing: Mapped[Standing] = mapped_column(choice(Standing), default=Standing.DIASPORA)
    headline: Mapped[ShortText] = mapped_column(default="")
    about: Mapped[LongText] = mapped_column(default="")
    # The language of headline and about; found by detection, corrected by the author.
    language: Mapped[LanguageCode | None]
    # The forms that institutions may read before both have said yes; empty until proposed.
    headline_anonymous: Mapped[ShortText] = mapped_column(default="")
    about_anonymous: Mapped[LongText] = mapped_column(default="")
    # When the author approved those two forms; null: nobody reads them.
    anonymous_approved_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    country_of_residence: Mapped[CountryCode | None]
    city: Mapped[ShortText] = mapped_column(default="")
    employer: Mapped[ShortText] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="")
    # Lists of Mode, EngagementKind and ISCED-F codes or words; empty: not said.
    modes: Mapped[list[str]] = mapped_column(Document, default=list)
    kinds_wanted: Mapped[list[str]] = mapped_column(Document, default=list)
    kinds_refused: Mapped[list[str]] = mapped_column(Document, default=list)
    fields_wanted: Mapped[list[str]] = mapped_column(Document, default=list)
    topics_refused: Mapped[list[str]] = mapped_column(Document, default=list)
    fields_of_study: Mapped[list[str]] = mapped_column(Document, default=list)
    links: Mapped[list[str]] = mapped_column(Document, default=list)
    hours_per_week: Mapped[int | None]
    earliest_start: Mapped[date | None]
    notice_weeks: Mapped[int | None]
    # How many engagements at once; claimed in the database on acceptance.
    capacity: Mapped[int] = mapped_column(default=1)
    delivery_experience: Mapped[DeliveryExperience | None] = mapped_column(
        choice(DeliveryExperience)
    )
    bandwidth: Mapped[Bandwidth | None] = mapped_column(choice(Bandwidth))
    contact_preference: Mapped[ContactPreference] = mapped_column(
        choice(ContactPreference), default=ContactPreference.PLATFORM
    )
    invitations_per_month: Mapped[int] = mapped_column(default=4)
    visibility: Mapped[Visibility] = mapped_column(
        choice(Visibility), default=Visibility.HIDDEN, index=True
    )
    paused_until: Mapped[date | None]
    is_paused: Mapped[bool] = mapped_column(default=False)
    refresh_due_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    last_active_at: Mapped[datetime] = mapped_column(TZDateTime, default=now)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    user: Mapped[User] = relationship(back_populates="expert")
    evidence: Mapped[list[EvidenceItem]] = relationship(
        back_populates="expert",
        cascade="all, delete-orphan",
        order_by="EvidenceItem.position, EvidenceItem.id",
    )
    skills: Mapped[list[ExpertSkill]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="ExpertSkill.id"
    )
    languages: Mapped[list[ExpertLanguage]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="ExpertLanguage.id"
    )
    ties: Mapped[list[CountryTie]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="CountryTie.id"
    )
    qualifications: Mapped[list[Qualification]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="Qualification.id"
    )
    availability: Mapped[list[Availability]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="Availability.starts_on"
    )
    blocks: Mapped[list[Block]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="Block.id"
    )


class EvidenceItem(Base):
    """One thing that a person did: the unit that matching scores and quotes."""

    __tablename__ = "evidence_item"

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(choice(EvidenceKind))
    title: Mapped[str] = mapped_column(String(500))
    text: Mapped[LongText] = mapped_column(default="")
    language: Mapped[LanguageCode | None]
    title_anonymous: Mapped[str] = mapped_column(String(500), default="")
    text_anonymous: Mapped[LongText] = mapped_column(default="")
    # When the author approved the anonymous form; null: it is matched but never quoted.
    anonymous_approved_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    start_year: Mapped[int | None]
    end_year: Mapped[int | None]
    link: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]

    expert: Mapped[Expert] = relationship(back_populates="evidence")


class ExpertSkill(Base):
    """A skill that a person says they have: an entry of the taxonomy, or their own words."""

    __tablename__ = "expert_skill"

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"), index=True)
    label: Mapped[ShortText]
    level: Mapped[SkillLevel | None] = mapped_column(choice(SkillLevel))
    years: Mapped[int | None]

    expert: Mapped[Expert] = relationship(back_populates="skills")
    skill: Mapped[Skill | None] = relationship()


class ExpertLanguage(Base):
    """A language that a person can deliver in."""

    __tablename__ = "expert_language"
    __table_args__ = (UniqueConstraint("expert_id", "language"),)

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"))
    language: Mapped[LanguageCode]
    level: Mapped[Cefr] = mapped_column(choice(Cefr))

    expert: Mapped[Expert] = relationship(back_populates="languages")


class CountryTie(Base):
    """A country that a person is tied to; shown to nobody before both say yes, never scored."""

    __tablename__ = "country_tie"
    __table_args__ = (UniqueConstraint("expert_id", "country", "kind"),)

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"))
    country: Mapped[CountryCode]
    kind: Mapped[TieKind] = mapped_column(choice(TieKind))

    expert: Mapped[Expert] = relationship(back_populates="ties")


class Qualification(Base):
    """A degree or licence, and whether a country recognises it."""

    __tablename__ = "qualification"

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    title: Mapped[ShortText]
    awarding_body: Mapped[ShortText] = mapped_column(default="")
    country: Mapped[CountryCode | None]
    # ISCED 2011 level, 0 to 8.
    level: Mapped[int | None]
    field_of_study: Mapped[str] = mapped_column(String(4), default="")
    year: Mapped[int | None]

    expert: Mapped[Expert] = relationship(back_populates="qualifications")
    recognitions: Mapped[list[QualificationRecognition]] = relationship(
        back_populates="qualification", cascade="all, delete-orphan"
    )


class QualificationRecognition(Base):
    """Where a qualification stands with one country's authority."""

    __tablename__ = "qualification_recognition"
    __table_args__ = (UniqueConstraint("qualification_id", "country"),)

    id: Mapped[IdKey]
    qualification_id: Mapped[int] = mapped_column(
        ForeignKey("qualification.id", ondelete="CASCADE")
    )
    country: Mapped[CountryCode]
    status: Mapped[Recognition] = mapped_column(choice(Recognition), default=Recognition.UNKNOWN)

    qualification: Mapped[Qualification] = relationship(back_populates="recognitions")


class Availability(Base):
    """A span of days, both ends included, in which a person is free or is not."""

    __tablename__ = "availability"

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AvailabilityKind] = mapped_column(choice(AvailabilityKind))
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    expert: Mapped[Expert] = relationship(back_populates="availability")


class Block(Base):
    """Somebody from whom a person hides: an institution, an e-mail domain or a country."""

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("expert_id", "kind", "value"),)

    id: Mapped[IdKey]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"))
    kind: Mapped[BlockKind] = mapped_column(choice(BlockKind))
    # The institution's id, the domain in lower case, or the country's code.
    value: Mapped[str] = mapped_column(String(253), index=True)
    created_at: Mapped[CreatedAt]

    expert: Mapped[Expert] = relationship(back_populates="blocks")
