"""Sign somebody in as the application itself would, without the way there."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import SignInSession, User, now
from virtual_return.security import hash_token, new_token

# Where the signed cookie keeps the secret of the row in `sign_in_session`.
COOKIE_KEY = "sign_in"


def sign_in(client: FlaskClient, session: Session, user: User) -> None:
    """Write the session row and the cookie that belong together."""
    token = new_token()
    session.add(
        SignInSession(
            user_id=user.id, token_hash=hash_token(token), device="Test",
            expires_at=now() + timedelta(days=1),
        )
    )  # fmt: skip
    session.commit()
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = token
