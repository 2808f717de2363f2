"""Second factors in the export of an account: what there is, never what opens anything."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from models import User
from virtual_return.accounts.factors import app_codes, passkeys, recovery


def collect(session: Session, user: User) -> dict[str, Any]:
    """Return passkeys and app with their dates, and how many recovery codes are left."""
    app = app_codes.of(session, user)
    return {
        "passkeys": [
            {
                "label": passkey.label,
                "is_synced": passkey.is_synced,
                "added_at": passkey.created_at,
                "last_used_at": passkey.last_used_at,
                "refused_at": passkey.refused_at,
            }
            for passkey in passkeys.of(session, user)
        ],
        "authenticator_app": (
            {"added_at": app.confirmed_at, "last_used_at": app.last_used_at} if app else None
        ),
        "recovery_codes_left": recovery.left(session, user),
    }
