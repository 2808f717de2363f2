"""Sign somebody in as the application itself does, without the way there."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import User
from virtual_return.accounts import sessions
from virtual_return.accounts.login import COOKIE_KEY


def sign_in(
    client: FlaskClient, session: Session, user: User, *, both_factors: bool = True
) -> None:
    """Open a session and put its secret into the cookie; it counts as both factors."""
    token = sessions.start(session, user, device="Test", is_shared=False, both_factors=both_factors)
    session.commit()
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = token
