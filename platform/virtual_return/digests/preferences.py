"""What a person wants to hear of, and how to stop it without signing in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DigestPreference, User, now
from models.choices import DigestList, Frequency
from virtual_return import audit
from virtual_return.security import SignatureError, sign, unsign

PURPOSE = "digest preferences"
DEFAULT_FREQUENCY = Frequency.WEEKLY
# A little less than the period, so that a round that starts a minute early still counts.
PERIODS = {
    Frequency.DAILY: timedelta(hours=22),
    Frequency.WEEKLY: timedelta(days=6, hours=22),
    Frequency.MONTHLY: timedelta(days=29, hours=22),
}


def get(session: Session, user_id: int, which: DigestList) -> DigestPreference | None:
    """Return a person's wish for one list, if they ever had one."""
    return session.scalar(
        select(DigestPreference).where(
            DigestPreference.user_id == user_id, DigestPreference.list == which
        )
    )


def frequency(session: Session, user_id: int, which: DigestList) -> Frequency:
    """Return how often a person wants one list."""
    preference = get(session, user_id, which)
    return preference.frequency if preference else DEFAULT_FREQUENCY


def choose(session: Session, user: User, which: DigestList, wanted: Frequency) -> None:
    """Keep a wish; the other lists stay as they are."""
    preference = ensure(session, user.id, which)
    if preference.frequency == wanted:
        return
    preference.frequency = wanted
    audit.record(
        session,
        "digest.preference",
        actor_id=user.id,
        object_kind="user",
        object_id=user.id,
        list=which.value,
        frequency=wanted.value,
    )


def ensure(session: Session, user_id: int, which: DigestList) -> DigestPreference:
    """Return the row of a wish, made with the default where there is none."""
    preference = get(session, user_id, which)
    if preference is None:
        preference = DigestPreference(user_id=user_id, list=which, frequency=DEFAULT_FREQUENCY)
        session.add(preference)
        session.flush()
    return preference


def is_due(preference: DigestPreference | None, moment: datetime | None = None) -> bool:
    """Say whether a list may be sent again."""
    if preference is None or preference.frequency == Frequency.NEVER:
        return preference is None
    if preference.last_sent_at is None:
        return True
    return (moment or now()) - preference.last_sent_at >= PERIODS[preference.frequency]


def make_token(secret: str, user: User, which: DigestList) -> str:
    """Return the signed part of an unsubscribe address."""
    return sign(secret, PURPOSE, f"{user.public_id} {which.value}")


def read_token(session: Session, secret: str, token: str) -> tuple[User, DigestList]:
    """Return whom and what an unsubscribe address means, or raise SignatureError."""
    public_id, _, which = unsign(secret, PURPOSE, token).partition(" ")
    user = session.scalar(select(User).where(User.public_id == public_id))
    if user is None or which not in set(DigestList):
        raise SignatureError("Nobody of this address is left.")
    return user, DigestList(which)
