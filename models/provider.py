"""Where people have accounts that open ours, and what such an account says of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, column_property, mapped_column

from models.base import Base
from models.choices import ProviderPreset
from models.types import CreatedAt, Document, IdKey, PublicId, TZDateTime, UpdatedAt, choice, now


class Provider(Base):
    """An OpenID Connect provider that coordinators trust, and how far."""

    __tablename__ = "provider"

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    preset: Mapped[ProviderPreset] = mapped_column(choice(ProviderPreset))
    issuer: Mapped[str] = mapped_column(String(255), unique=True)
    client_id: Mapped[str] = mapped_column(String(255))
    # Encrypted: it must be read again to be used.
    client_secret_sealed: Mapped[str] = mapped_column(Text)
    # Its name by language of the product; one of them is always there.
    names: Mapped[dict[str, str]] = mapped_column(Document, default=dict)
    # E-mail domains for whose addresses its word counts, if it counts at all.
    domains: Mapped[list[str]] = mapped_column(Document, default=list)
    trusts_email: Mapped[bool] = mapped_column(default=False)
    # The claim that says "faculty@university.example"; empty: none is read.
    affiliation_claim: Mapped[str] = mapped_column(String(80), default="")
    scopes: Mapped[str] = mapped_column(String(200), default="openid email profile")
    # Google: the one organisation whose people may come in. Entra: the one tenant.
    organisation: Mapped[str] = mapped_column(String(253), default="")
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Known without reading the picture itself.
    has_logo: Mapped[bool] = column_property(logo.is_not(None))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class SpentToken(Base):
    """A message that may be used once, such as a provider's word that somebody left."""

    __tablename__ = "spent_token"

    id: Mapped[IdKey]
    # SHA-256 of who issued it and of its own identifier.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(TZDateTime, index=True)


class Affiliation(Base):
    """What a provider said of somebody's place, and when: evidence with a date, never a key."""

    __tablename__ = "affiliation"
    __table_args__ = (
        UniqueConstraint("user_id", "issuer", "value"),
        Index(None, "user_id", "last_seen_at"),
    )

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(255))
    # "faculty@university.example", in lower case.
    value: Mapped[str] = mapped_column(String(255))
    # Whether the provider may vouch for that domain, when it last said so.
    is_vouched: Mapped[bool] = mapped_column(default=False)
    first_seen_at: Mapped[datetime] = mapped_column(TZDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(TZDateTime, default=now)
