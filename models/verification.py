"""What shows that an institution is what it says, and who said yes to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.choices import ProofKind, ProofState
from models.types import CreatedAt, IdKey, LongText, PublicId, TZDateTime, choice


class InstitutionEvidence(Base):
    """One thing that staff can rely on: a proof of a domain, a document, a note of their own."""

    __tablename__ = "institution_evidence"
    __table_args__ = (Index(None, "state", "next_check_at"),)

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), index=True
    )
    # Null once the account is gone.
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[ProofKind] = mapped_column(choice(ProofKind))
    state: Mapped[ProofState] = mapped_column(choice(ProofState), default=ProofState.WAITING)
    # The host that is proved; of an address only what stands behind the @.
    domain: Mapped[str] = mapped_column(String(253), default="")
    # What the record or file must hold; for a mailed link the SHA-256 of its secret.
    challenge: Mapped[str] = mapped_column(String(80), default="")
    # Why the last check found nothing: a code of `institutions.checking`.
    fault: Mapped[str] = mapped_column(String(40), default="")
    # A coordinator's own words.
    note: Mapped[LongText] = mapped_column(default="")
    # A random name below DATA_DIR/evidence; empty once the file is deleted.
    file_name: Mapped[str] = mapped_column(String(64), default="")
    media_type: Mapped[str] = mapped_column(String(40), default="")
    size_bytes: Mapped[int | None]
    checked_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # When the worker looks again by itself; null where nothing is to be looked at.
    next_check_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    # A mailed link, or a check that finds nothing, is given up then.
    expires_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]


class VerificationApproval(Base):
    """A coordinator's yes that waits for the yes of another one."""

    __tablename__ = "verification_approval"
    __table_args__ = (UniqueConstraint("institution_id", "user_id"),)

    id: Mapped[IdKey]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
