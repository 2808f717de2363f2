"""Check what somebody typed: six digits from an app, or a recovery code."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import User
from virtual_return.accounts.factors import app_codes, guard, recovery

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a code."""

    is_right: bool
    # Which kind it was: for the audit trail, and for the sentence on the page.
    kind: str
    # Until when nothing is tried, after too many wrong ones.
    locked_until: datetime | None = None


def check(session: Session, user: User, typed: str, *, secret_key: str) -> Checked:
    """Use a code, or count that it was wrong; guesses of one account never run side by side.

    The caller commits either way (`transaction.keep_changes`): a wrong code that is forgotten
    could be tried for ever.
    """
    guard.lock(session, user)
    code, kind = _read(typed)
    until = guard.locked_until(session, user)
    if until is not None:
        return Checked(is_right=False, kind=kind, locked_until=until)
    if kind == "one_time_code":
        is_right = app_codes.use(session, user, code, secret_key=secret_key)
    else:
        is_right = recovery.use(session, user, code)
    if is_right:
        guard.forget_failures(session, user)
        return Checked(is_right=True, kind=kind)
    guard.count_failure(session, user, kind)
    return Checked(is_right=False, kind=kind, locked_until=guard.locked_until(session, user))


def digits_of(typed: str) -> str:
    """Return the digits of a code, in whichever script and however spaced they were typed."""
    signs = "".join(typed.split()).replace("-", "")
    if signs.isdecimal():
        return "".join(str(unicodedata.digit(sign)) for sign in signs)
    return ""


def _read(typed: str) -> tuple[str, str]:
    typed = typed[:LONGEST]
    digits = digits_of(typed)
    if len(digits) == app_codes.DIGITS:
        return digits, "one_time_code"
    return typed, "recovery_code"
