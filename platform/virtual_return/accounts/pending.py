"""An account at a provider that this browser has just proved, and that opens nothing here yet.

It waits in the signed cookie until its owner has shown that an account here is theirs, and has
said yes; it survives that sign-in, and ten minutes.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from flask import session

KEY = "identity_to_link"
LASTS_S = 600


@dataclass(frozen=True, slots=True)
class Pending:
    """Who the provider says somebody is; `provider` is its key in addresses."""

    issuer: str
    subject: str
    email: str
    name: str
    provider: str
    at: int
    # Proved there just now, by somebody who asked for it; a plain sign-in may be an old session.
    is_fresh: bool = False


def keep(
    *, issuer: str, subject: str, email: str, name: str, provider: str, is_fresh: bool
) -> None:
    """Remember it in this browser."""
    found = Pending(issuer, subject, email, name, provider, int(time.time()), is_fresh)
    session[KEY] = asdict(found)


def look() -> Pending | None:
    """Return what waits, unless it waited too long."""
    kept = session.get(KEY)
    if not isinstance(kept, dict):
        return None
    try:
        found = Pending(**kept)
    except TypeError:
        return None
    return found if found.at > time.time() - LASTS_S else None


def carry(found: Pending | None) -> None:
    """Put it into a session that was just begun."""
    if found is not None:
        session[KEY] = asdict(found)


def drop() -> None:
    """Forget it."""
    session.pop(KEY, None)
