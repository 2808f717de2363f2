"""Rules of a programme that say who may take part in certain needs: published, and kept as data."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import CreatedAt, Document, IdKey, LongText, PublicId, ShortText, TZDateTime


class EligibilityRule(Base):
    """One rule; what was published is never edited, only retired. Empty lists ask for nothing."""

    __tablename__ = "eligibility_rule"

    id: Mapped[IdKey]
    public_id: Mapped[PublicId]
    name: Mapped[ShortText]
    # The wording that everybody can read on the page of each need under it.
    text: Mapped[LongText]
    published_on: Mapped[date]
    # Values of Standing, and countries (ISO 3166-1) of ties and of residence.
    standings: Mapped[list[str]] = mapped_column(Document, default=list)
    ties_to: Mapped[list[str]] = mapped_column(Document, default=list)
    residence_in: Mapped[list[str]] = mapped_column(Document, default=list)
    # No further need comes under it from then on; those under it stay.
    retired_at: Mapped[datetime | None] = mapped_column(TZDateTime)
    created_at: Mapped[CreatedAt]
