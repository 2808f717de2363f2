"""What tests of second factors share: an app in software, and pages filled in by a passkey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, MailMessage, OneTimeCode, User, now
from tests.support.authenticator import Authenticator
from tests.support.client import Page, PageClient
from virtual_return.config import DEVELOPMENT_SECRET
from virtual_return.security import encrypt

PAGE = "/settings/second-factor"
STEP = "/sign-in/second-step"
BASE_URL = "http://localhost"


@dataclass(frozen=True)
class App:
    """An authenticator app."""

    secret: str

    def code(self, *, steps: int = 0) -> str:
        """Return the code of now, or of so many half minutes later."""
        return pyotp.TOTP(self.secret).generate_otp(int(now().timestamp()) // 30 + steps)

    def wrong(self) -> str:
        """Return six digits that are no code of about now."""
        near = {self.code(steps=offset) for offset in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222") if code not in near)


def give_app(session: Session, user: User) -> App:
    """Set an app up without the pages."""
    app = App(pyotp.random_base32(length=32))
    sealed = encrypt(DEVELOPMENT_SECRET, "one-time code", app.secret)
    session.add(OneTimeCode(user_id=user.id, secret_sealed=sealed, confirmed_at=now()))
    session.commit()
    return app


def challenge(client: PageClient, purpose: str, *, status: int = 200) -> dict[str, Any]:
    """Ask for what is to be signed, as the script does."""
    answer = client.post(f"/sign-in/passkey/challenge/{purpose}", status=status).response
    document: dict[str, Any] = answer.get_json(silent=True) or {}
    return document


def add_passkey(client: PageClient, key: Authenticator, label: str = "", **more: Any) -> Page:
    """Add a passkey on the page of second factors."""
    answer = key.create(challenge(client, "add"))
    return client.post(f"{PAGE}/passkeys", {"answer": answer, "label": label}, **more)


def events(session: Session, action: str) -> list[AuditEvent]:
    """Return the audit events of one kind."""
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def mails(session: Session, user: User, kind: str = "factor_changed") -> list[str]:
    """Return the texts of one kind that were written to somebody."""
    query = select(MailMessage.body_text).where(
        MailMessage.user_id == user.id, MailMessage.kind == kind
    )
    return list(session.scalars(query.order_by(MailMessage.id)))
