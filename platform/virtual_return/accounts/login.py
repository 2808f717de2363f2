"""Find the account behind a request, and bind the ways to sign in to an application."""

from __future__ import annotations

from flask import Flask, Request, g, session
from flask_login import LoginManager
from sqlalchemy.exc import SQLAlchemyError

from models import User
from virtual_return.accounts import oidc, sessions
from virtual_return.logs import get_logger
from virtual_return.services import services
from virtual_return.transaction import current_session

# Where the signed cookie keeps the secret of the row in `sign_in_session`.
COOKIE_KEY = "sign_in"
# What a browser is told to forget with the session.
CLEAR_SITE_DATA = '"cache", "cookies", "storage"'


def install(app: Flask) -> None:
    """Set up accounts: whose request it is, and the provider that the settings name."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=sessions.ABSOLUTE_LIMIT,
        # Nothing reads it: the cookie of our own session is the only proof of an account.
        REMEMBER_COOKIE_NAME="__Host-unused",
    )
    manager = LoginManager()
    # It would tie a session to the address of a phone network, which changes by the minute.
    manager.session_protection = None
    manager.request_loader(_load_user)
    manager.init_app(app)
    app.teardown_request(_note_use)
    oidc.install(app)


def enter(user: User, *, device: str, is_shared: bool) -> None:
    """Sign this browser in with a fresh cookie; whatever it carried before is void."""
    leave()
    token = sessions.start(current_session(), user, device=device, is_shared=is_shared)
    session[COOKIE_KEY] = token
    # On a shared phone the cookie also ends with the browser.
    session.permanent = not is_shared


def leave() -> None:
    """End this browser's session, here and in the database."""
    token = current_token()
    if token:
        sessions.end(current_session(), token)
    session.clear()
    g.pop("_login_user", None)


def current_token() -> str:
    """Return the secret that this browser brought, or an empty string."""
    token = session.get(COOKIE_KEY)
    return token if isinstance(token, str) else ""


def _load_user(_request: Request) -> User | None:
    token = current_token()
    if not token:
        return None
    found = sessions.find(current_session(), token)
    if found is None:
        return None
    if found.needs_note:
        g.used_session_id = found.session_id
    return found.user


def _note_use(_error: BaseException | None) -> None:
    """Remember, coarsely and after the answer, that a session is in use.

    Reading requests must not write, so this is a transaction of its own; when it fails, the next
    request tries again.
    """
    session_id = g.pop("used_session_id", None)
    if session_id is None:
        return
    try:
        with services().database.writing() as writer:
            sessions.note_use(writer, session_id)
    except SQLAlchemyError as error:
        get_logger().warning("session_use_not_noted", error=type(error).__name__)
