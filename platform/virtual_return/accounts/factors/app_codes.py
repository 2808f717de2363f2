"""Codes of six digits from an authenticator app (RFC 6238): set up, confirmed, used once each."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import OneTimeCode, User, now
from virtual_return import audit
from virtual_return.accounts.factors import emails, guard
from virtual_return.security import SignatureError, decrypt, encrypt

PURPOSE = "one-time code"
STEP_S = 30
DIGITS = 6
# Clocks of phones differ; one step to either side is taken too.
TOLERANCE = 1
# How long a secret on the page waits for its first code.
PENDING_LIMIT = timedelta(hours=1)


def begin(session: Session, user: User, *, secret_key: str) -> None:
    """Make a new secret that waits for its first code; an app in use goes on working."""
    guard.lock(session, user)
    session.execute(
        delete(OneTimeCode).where(
            OneTimeCode.user_id == user.id, OneTimeCode.confirmed_at.is_(None)
        )
    )
    sealed = encrypt(secret_key, PURPOSE, pyotp.random_base32(length=32))
    session.add(OneTimeCode(user_id=user.id, secret_sealed=sealed))
    session.flush()


def waiting_secret(session: Session, user: User, *, secret_key: str) -> str | None:
    """Return the secret that waits for its first code."""
    row = _waiting(session, user)
    return _open(row, secret_key) if row is not None else None


def confirm(session: Session, user: User, code: str, *, secret_key: str) -> bool:
    """Take the first code of a new app, which then replaces the one before."""
    guard.lock(session, user)
    row = _waiting(session, user)
    if row is None or not _use(session, row, code, secret_key):
        return False
    session.execute(
        delete(OneTimeCode).where(OneTimeCode.user_id == user.id, OneTimeCode.id != row.id)
    )
    row.confirmed_at = now()
    session.flush()
    _record(session, user, "one_time_code.added")
    emails.changed(session, user, "app_added")
    return True


def use(session: Session, user: User, code: str, *, secret_key: str) -> bool:
    """Take a code of the app in use; the same code never works twice."""
    row = of(session, user)
    return row is not None and _use(session, row, code, secret_key)


def of(session: Session, user: User) -> OneTimeCode | None:
    """Return the app in use."""
    return session.scalar(
        select(OneTimeCode).where(
            OneTimeCode.user_id == user.id, OneTimeCode.confirmed_at.is_not(None)
        )
    )


def address(secret: str, *, account: str, programme: str) -> str:
    """Return what an app reads from the square picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=programme)


def _waiting(session: Session, user: User) -> OneTimeCode | None:
    return session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.user_id == user.id,
            OneTimeCode.confirmed_at.is_(None),
            OneTimeCode.created_at > now() - PENDING_LIMIT,
        )
        .order_by(OneTimeCode.id.desc())
        .limit(1)
    )


def _use(session: Session, row: OneTimeCode, code: str, secret_key: str) -> bool:
    """Move the newest step on if the code belongs to a later one: the database decides races."""
    secret = _open(row, secret_key)
    step = _step_of(secret, code) if secret is not None else None
    if step is None:
        return False
    taken = session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == row.id, OneTimeCode.last_step < step)
        .values(last_step=step, last_used_at=now())
        .returning(OneTimeCode.id)
    ).all()
    return bool(taken)


def _step_of(secret: str, code: str) -> int | None:
    """Return the step that a code belongs to; all are compared, so that time tells nothing."""
    app, current = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S), int(now().timestamp())
    steps = [current // STEP_S + offset for offset in range(-TOLERANCE, TOLERANCE + 1)]
    fits = [hmac.compare_digest(app.generate_otp(step).encode(), code.encode()) for step in steps]
    return next((step for step, fit in zip(steps, fits, strict=True) if fit), None)


def _open(row: OneTimeCode, secret_key: str) -> str | None:
    """Return the secret, or nothing where SECRET_KEY was changed: then other factors must do."""
    try:
        return decrypt(secret_key, PURPOSE, row.secret_sealed)
    except SignatureError:
        return None


def _record(session: Session, user: User, action: str) -> None:
    audit.record(session, action, actor_id=user.id, object_kind="user", object_id=user.id)
