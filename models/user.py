"""People who sign in, and the ways in which they do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.types import CreatedAt, IdKey, PublicId, ShortText, TZDateTime, UpdatedAt, now

if TYPE_CHECKING:
    from models.expert import Expert
    from models.institution import Membership


class User(Base):
    """An account. The e-mail is a way to reach somebody, never the key to who they are."""

    __tablename__ = "user"

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    # Lower case; null only after erasure.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[ShortText] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(String(8), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    is_coordinator: Mapped[bool] = mapped_column(default=False)
    suspended_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # Hidden by choice, until the person comes back.
    paused_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # When everything goes, for somebody who took time to think; hidden until then.
    erase_at: Mapped[datetime | None] = mapped_column(TZDateTime, index=True)
    erased_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # An address that came later gives nobody the role of programme staff.
    email_changed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    identities: Mapped[list[Identity]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    sessions: Mapped[list[SignInSession]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    expert: Mapped[Expert | None] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )

    # What flask-login asks of an account; it needs nothing of flask-login itself.
    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None and self.erased_at is None

    @property
    def is_away(self) -> bool:
        """Whether nobody finds this person now, and only mail about safety reaches them."""
        return self.paused_at is not None or self.erase_at is not None

    @property
    def is_anonymous(self) -> bool:
        return False

    @property
    def has_expert_profile(self) -> bool:
        return self.expert is not None

    @property
    def has_memberships(self) -> bool:
        return bool(self.memberships)


class Identity(Base):
    """A sign-in at a provider, keyed on what the provider says never changes."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime] = mapped_column(TZDateTime, default=now)

    user: Mapped[User] = relationship(back_populates="identities")


class SignInToken(Base):
    """A link sent by mail: single use, short-lived, stored only as a hash."""

    __tablename__ = "sign_in_token"

    id: Mapped[IdKey]
    # SHA-256 of the secret in the link, in hexadecimal.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    locale: Mapped[str] = mapped_column(String(8), default="en")
    # Where to go after signing in: a path on this site.
    next_path: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(TZDateTime)
    used_at: Mapped[datetime | None] = mapped_column(TZDateTime)


class SignInSession(Base):
    """One signed-in browser; deleting the row signs it out."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index(None, "user_id", "expires_at"),)

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    # SHA-256 of the secret in the cookie, in hexadecimal.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # "Firefox on Android": never the whole user agent, never an address.
    device: Mapped[str] = mapped_column(String(80), default="")
    # Short, and nothing is remembered.
    is_shared: Mapped[bool] = mapped_column(default=False)
    # How somebody came in: a value of accounts.sessions.Way.
    way: Mapped[str] = mapped_column(String(20), default="")
    # When somebody last proved here who they are; dangerous acts ask for it anew.
    authenticated_at: Mapped[datetime] = mapped_column(TZDateTime, default=now)
    # When a second factor was shown here; null where none was.
    second_factor_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # The account at a provider that opened it, and the provider's own name of its session.
    identity_id: Mapped[int | None] = mapped_column(
        ForeignKey("identity.id", ondelete="SET NULL"), index=True
    )
    provider_sid: Mapped[str | None] = mapped_column(String(255), index=True)
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime] = mapped_column(TZDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(TZDateTime)

    user: Mapped[User] = relationship(back_populates="sessions")
