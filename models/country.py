"""Whether people may travel to a country for a need."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.choices import CountryState
from models.types import CountryCode, IdKey, LongText, UpdatedAt, choice


class CountryStatus(Base):
    """The status of one country; a country without a row is normal."""

    __tablename__ = "country_status"

    id: Mapped[IdKey]
    country: Mapped[CountryCode] = mapped_column(unique=True)
    state: Mapped[CountryState] = mapped_column(choice(CountryState))
    reason: Mapped[LongText] = mapped_column(default="")
    since: Mapped[date]
    updated_at: Mapped[UpdatedAt]
