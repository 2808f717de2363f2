"""Ways into an institution: an invitation, a proved address at its domain, a request."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.choices import RequestState, Role
from models.types import CreatedAt, IdKey, LongText, PublicId, TZDateTime, choice

if TYPE_CHECKING:
    from models.institution import Institution
    from models.user import User


class Invitation(Base):
    """An owner's offer to one address. The row goes when it is used, taken back or too old."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("institution_id", "email"),)

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    # It ends with the role of its author.
    invited_by_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    # SHA-256 of the secret in the link, in hexadecimal.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(TZDateTime, index=True)

    institution: Mapped[Institution] = relationship()
    invited_by: Mapped[User] = relationship()


class JoiningRule(Base):
    """Whoever proves an address at the institution's domain may join; without a row nobody may."""

    __tablename__ = "joining_rule"

    id: Mapped[IdKey]
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), unique=True
    )
    # Never owner.
    role: Mapped[Role] = mapped_column(choice(Role))
    # The domain as it stood when an owner allowed it: another one is another decision.
    domain: Mapped[str] = mapped_column(String(253))
    created_at: Mapped[CreatedAt]


class JoinRequest(Base):
    """Somebody asks the owners to let them in; one row for each person and institution."""

    __tablename__ = "join_request"
    __table_args__ = (UniqueConstraint("user_id", "institution_id"),)

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), index=True
    )
    message: Mapped[LongText] = mapped_column(default="")
    state: Mapped[RequestState] = mapped_column(choice(RequestState))
    # Of the last step; a waiting one is released by the clock.
    state_since: Mapped[datetime] = mapped_column(TZDateTime, index=True)
    reminded_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]

    user: Mapped[User] = relationship()
    institution: Mapped[Institution] = relationship()
