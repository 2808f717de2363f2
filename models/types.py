"""Column types and annotated aliases that the tables share."""

from __future__ import annotations

import enum
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, String, Text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator


def now() -> datetime:
    """Return the present moment, aware and in UTC: the one clock of the application."""
    return datetime.now(UTC)


def public_id() -> str:
    """Return a random identifier for addresses, so that nobody can count or guess rows."""
    return secrets.token_urlsafe(9)


class TZDateTime(TypeDecorator[datetime]):
    """Refuse naive times on the way in, and return aware UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def choice(kind: type[enum.StrEnum]) -> Enum:
    """Return a column type that stores the values of an enumeration as plain strings."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


BigId = BigInteger().with_variant(Integer, "sqlite")
# A JSON list or object; `none_as_null` so that None is NULL and not the word null.
Document = JSON(none_as_null=True)

IdKey = Annotated[int, mapped_column(BigId, primary_key=True)]
PublicId = Annotated[str, mapped_column(String(24), unique=True, default=public_id)]
Moment = Annotated[datetime, mapped_column(TZDateTime)]
CreatedAt = Annotated[datetime, mapped_column(TZDateTime, default=now)]
UpdatedAt = Annotated[datetime, mapped_column(TZDateTime, default=now, onupdate=now)]
CountryCode = Annotated[str, mapped_column(String(2))]
LanguageCode = Annotated[str, mapped_column(String(8))]
ShortText = Annotated[str, mapped_column(String(200))]
LongText = Annotated[str, mapped_column(Text)]
