"""Challenges that passkeys sign: kept here, bound to the browser that asked, used once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import PasskeyChallenge, User, now

VALID_FOR = timedelta(minutes=5)
BYTES = 32


class Purpose(StrEnum):
    """What a signature is asked for; one for another purpose is worth nothing."""

    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    AGAIN = "again"
    ADD = "add"
    # The second factor of another account of one's own, that goes into this one.
    MERGE = "merge"


def make(session: Session, purpose: Purpose, user: User | None) -> bytes:
    """Return a new challenge; those that nobody signed in time make room for it."""
    forget_expired(session)
    challenge = secrets.token_bytes(BYTES)
    session.add(
        PasskeyChallenge(
            challenge_hash=_hash(challenge),
            purpose=purpose,
            user_id=user.id if user else None,
            expires_at=now() + VALID_FOR,
        )
    )
    session.flush()
    return challenge


def take(session: Session, challenge: bytes, purpose: Purpose, user: User | None) -> bool:
    """Use a challenge; say whether it waited for this purpose and this person."""
    row = session.execute(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.challenge_hash == _hash(challenge))
        .returning(PasskeyChallenge.purpose, PasskeyChallenge.user_id, PasskeyChallenge.expires_at)
    ).one_or_none()
    if row is None:
        return False
    expected = (purpose.value, user.id if user else None)
    return (row.purpose, row.user_id) == expected and row.expires_at > now()


def forget_expired(session: Session) -> int:
    """Delete challenges that nobody signed in time. Return how many."""
    gone = session.execute(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.expires_at <= now())
        .returning(PasskeyChallenge.id)
    )
    return len(gone.all())


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
