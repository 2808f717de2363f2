"""Organisations that ask for help or host it, and the people who act for them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.choices import InstitutionKind, Relation, Role, VerificationState
from models.types import (
    CountryCode,
    CreatedAt,
    IdKey,
    LongText,
    PublicId,
    ShortText,
    TZDateTime,
    UpdatedAt,
    choice,
)

if TYPE_CHECKING:
    from models.need import Need
    from models.user import User


# The year may be over: what was verified holds until the time of grace is over too.
VERIFIED = (VerificationState.APPROVED, VerificationState.REVERIFICATION_DUE)


class Institution(Base):
    """A university, business, public body or NGO; visible to others only once approved."""

    __tablename__ = "institution"

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    # In the institution's own language and script.
    name: Mapped[ShortText]
    # In a working language of the programme.
    working_name: Mapped[ShortText] = mapped_column(default="")
    kind: Mapped[InstitutionKind] = mapped_column(choice(InstitutionKind))
    relation: Mapped[Relation] = mapped_column(choice(Relation), default=Relation.HOST)
    country: Mapped[CountryCode] = mapped_column(index=True)
    city: Mapped[ShortText] = mapped_column(default="")
    domain: Mapped[str] = mapped_column(String(253), default="", index=True)
    website: Mapped[str] = mapped_column(String(500), default="")
    description: Mapped[LongText] = mapped_column(default="")
    # People in the unit that would learn.
    size: Mapped[int | None]
    state: Mapped[VerificationState] = mapped_column(
        choice(VerificationState), default=VerificationState.DRAFT, index=True
    )
    # How the institution shows that it is what it says.
    verification_evidence: Mapped[LongText] = mapped_column(default="")
    # The reason that a coordinator gave with the last decision.
    review_note: Mapped[LongText] = mapped_column(default="")
    # What the institution answers to a refusal.
    appeal: Mapped[LongText] = mapped_column(default="")
    # When its turn ended and that of programme staff began; null while they have nothing to read.
    submitted_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    reverification_due_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    units: Mapped[list[Unit]] = relationship(
        back_populates="institution", cascade="all, delete-orphan", order_by="Unit.id"
    )
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="institution", cascade="all, delete-orphan"
    )
    needs: Mapped[list[Need]] = relationship(
        back_populates="institution", foreign_keys="Need.institution_id"
    )

    @property
    def shown_name(self) -> str:
        """The name that most readers can read."""
        return self.working_name or self.name

    @property
    def is_partner(self) -> bool:
        return self.relation == Relation.PARTNER

    @hybrid_property
    def is_verified(self) -> bool:
        """Whether others see it; `where(Institution.is_verified)` asks the same of the database."""
        return self.state in VERIFIED

    @is_verified.inplace.expression
    @classmethod
    def _is_verified(cls) -> ColumnElement[bool]:
        return cls.state.in_(VERIFIED)


class Unit(Base):
    """A faculty, department or office."""

    __tablename__ = "unit"

    id: Mapped[IdKey]
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[ShortText]
    size: Mapped[int | None]

    institution: Mapped[Institution] = relationship(back_populates="units")


class Membership(Base):
    """One person's role in one institution."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "institution_id"),)

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role] = mapped_column(choice(Role))
    created_at: Mapped[CreatedAt]

    user: Mapped[User] = relationship(back_populates="memberships")
    institution: Mapped[Institution] = relationship(back_populates="memberships")

    @property
    def can_edit(self) -> bool:
        return self.role in (Role.OWNER, Role.EDITOR)
