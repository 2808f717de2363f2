"""What somebody holds or carries, beside a mailbox, that proves who they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import CreatedAt, Document, IdKey, PublicId, ShortText, TZDateTime


class Passkey(Base):
    """A key pair in a phone, computer or security key; we have the public half."""

    __tablename__ = "passkey"

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[PublicId]
    # Base64url; authenticators choose it, up to 1,023 bytes.
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    # Attested credential data as the library packs it: model of the key, id and public key.
    credential: Mapped[bytes] = mapped_column(LargeBinary)
    # Random and the same for all passkeys of an account; authenticators give it back.
    user_handle: Mapped[str] = mapped_column(String(64))
    label: Mapped[ShortText]
    # Zero for passkeys that are kept in step between devices.
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str]] = mapped_column(Document, default=list)
    is_synced: Mapped[bool] = mapped_column(default=False)
    # When its counter went backwards, as after copying; it opens nothing since.
    refused_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime | None] = mapped_column(TZDateTime)


class PasskeyChallenge(Base):
    """A number that waits to be signed once; deleting the row uses it."""

    __tablename__ = "passkey_challenge"

    id: Mapped[IdKey]
    # SHA-256 of the challenge, in hexadecimal.
    challenge_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    # Null while nobody knows yet who will sign.
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(TZDateTime, index=True)


class OneTimeCode(Base):
    """The secret that an authenticator app makes codes from (RFC 6238)."""

    __tablename__ = "one_time_code"

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # Encrypted with SECRET_KEY; it must be read to check a code.
    secret_sealed: Mapped[str] = mapped_column(Text)
    # Null until a first code proved that the app has the secret.
    confirmed_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # The thirty seconds of the newest code that was used; older ones are void.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime | None] = mapped_column(TZDateTime)


class RecoveryCode(Base):
    """One of ten codes on paper; using it deletes the row."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    # SHA-256 of 100 random bits, in hexadecimal.
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]


class FactorGuard(Base):
    """Counts wrong codes of an account, wherever they come from."""

    __tablename__ = "factor_guard"

    id: Mapped[IdKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(TZDateTime)


class FactorReset(Base):
    """Somebody lost every second factor and asks a coordinator to vouch for them."""

    __tablename__ = "factor_reset"

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    vouched_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    # From when it may be used; set with the vouching, so that the owner can still object.
    opens_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    expires_at: Mapped[datetime] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
