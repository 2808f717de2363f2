"""Ten codes on paper for the day on which the phone is gone: each opens once."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import RecoveryCode, User
from virtual_return import audit
from virtual_return.accounts.factors import emails
from virtual_return.security import hash_token

COUNT = 10
# Letters and digits that nobody mistakes for each other in handwriting (Crockford's).
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# Twenty of 32 signs are 100 bits: a plain hash of that cannot be searched.
LENGTH, GROUP = 20, 5
_SAME = str.maketrans("ilo", "110", " -\u2010\u2011\u2013\t")


def renew(session: Session, user: User) -> list[str]:
    """Make a new set, which voids the old one, and return it: it is shown this once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_new() for _ in range(COUNT)]
    session.add_all(
        RecoveryCode(user_id=user.id, code_hash=hash_token(normalise(code))) for code in codes
    )
    session.flush()
    _record(session, user, "recovery_codes.made")
    return codes


def use(session: Session, user: User, typed: str) -> bool:
    """Use a code: of several requests at once the database lets one have it."""
    gone = session.execute(
        delete(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id, RecoveryCode.code_hash == hash_token(normalise(typed))
        )
        .returning(RecoveryCode.id)
    ).all()
    if not gone:
        return False
    _record(session, user, "recovery_codes.used", left=left(session, user))
    emails.changed(session, user, "recovery_code_used")
    return True


def left(session: Session, user: User) -> int:
    """Return how many codes still open."""
    query = select(func.count()).where(RecoveryCode.user_id == user.id)
    return session.scalar(query) or 0


def normalise(typed: str) -> str:
    """Bring what somebody copied from paper into one form."""
    return typed.strip().lower().translate(_SAME)


def _new() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(signs[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def _record(session: Session, user: User, action: str, **details: int) -> None:
    audit.record(
        session, action, actor_id=user.id, object_kind="user", object_id=user.id, **details
    )
