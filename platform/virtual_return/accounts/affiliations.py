"""What providers say of somebody's place: kept with dates, never what an account is known by."""

from __future__ import annotations

import re

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Affiliation, User, now

LONGEST = 255
# "faculty@university.example" (eduPerson), or a bare domain.
_SCOPED = re.compile(r"(?:[a-z -]{1,40}@)?((?:[a-z0-9-]{1,63}\.)+[a-z]{2,63})")


def note(
    session: Session, user: User, issuer: str, values: tuple[str, ...], *, vouched: frozenset[str]
) -> None:
    """Remember that a provider said so today; *vouched* are the domains it may speak for."""
    # What it no longer says is not vouched for any more.
    session.execute(
        update(Affiliation)
        .where(
            Affiliation.user_id == user.id,
            Affiliation.issuer == issuer,
            Affiliation.value.not_in(values),
        )
        .values(is_vouched=False)
    )
    for value in values:
        row = session.scalar(
            select(Affiliation).where(
                Affiliation.user_id == user.id,
                Affiliation.issuer == issuer,
                Affiliation.value == value,
            )
        )
        if row is None:
            row = Affiliation(user_id=user.id, issuer=issuer, value=value)
            session.add(row)
        row.last_seen_at = now()
        row.is_vouched = domain_of(value) in vouched
    session.flush()


def read(said: object) -> tuple[str, ...]:
    """Return the affiliations in a claim: one text or a list of them; nothing else counts."""
    items = said if isinstance(said, list) else [said]
    found = (item.strip().lower() for item in items if isinstance(item, str))
    return tuple(
        dict.fromkeys(text for text in found if len(text) <= LONGEST and _SCOPED.fullmatch(text))
    )[:10]


def domain_of(value: str) -> str:
    """Return the domain of an affiliation."""
    return value.rpartition("@")[2]
