"""Find the account behind a request, and bind the ways to sign in to an application.

A browser that showed the first of two factors is nobody yet: no page but that of the second step
knows whose it will be.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Request, g, session
from flask_login import LoginManager
from sqlalchemy.exc import SQLAlchemyError

from models import User
from virtual_return.accounts import exports, pending, sessions
from virtual_return.accounts.factors import exporting
from virtual_return.accounts.sessions import AtProvider, Found, Proof, Way
from virtual_return.logs import get_logger
from virtual_return.services import services
from virtual_return.transaction import current_session

# Where the signed cookie keeps the secret of the row in `sign_in_session`.
COOKIE_KEY = "sign_in"
# What a browser is told to forget with the session.
CLEAR_SITE_DATA = '"cache", "cookies", "storage"'


def install(app: Flask) -> None:
    """Set up accounts: whose request it is."""
    exports.register("second_factors", exporting.collect)
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


def enter(
    user: User,
    *,
    device: str,
    is_shared: bool,
    way: Way = Way.UNKNOWN,
    both_factors: bool = False,
    provider: AtProvider | None = None,
) -> None:
    """Sign this browser in with a fresh cookie; whatever it carried before is void.

    Without `both_factors`, an account that has a second factor is asked for it next.
    """
    waiting = pending.look()
    leave()
    pending.carry(waiting)
    token = sessions.start(
        current_session(),
        user,
        device=device,
        is_shared=is_shared,
        way=way,
        both_factors=both_factors,
        provider=provider,
    )
    _remember(token)
    # On a shared phone the cookie also ends with the browser.
    session.permanent = not is_shared


def leave() -> None:
    """End this browser's session, here and in the database."""
    token = current_token()
    if token:
        sessions.end(current_session(), token)
    session.clear()
    _forget_found()


def proof() -> Proof | None:
    """Return what the person behind this request has proved; nothing for a visitor."""
    found = _found()
    return found.proof if found and not found.is_half_open else None


def half_open() -> Found | None:
    """Return the sign-in that waits for its second factor in this browser."""
    found = _found()
    return found if found and found.is_half_open else None


def prove_again(*, second_factor: bool) -> None:
    """Note that somebody has just proved who they are, in a session with a new secret."""
    found = _found()
    if found is not None:
        _remember(
            sessions.prove_again(current_session(), found.session_id, second_factor=second_factor)
        )


def rotate() -> None:
    """Give this browser's session a new secret; call it where somebody gains a role here."""
    token = current_token()
    if token:
        _remember(sessions.renew(current_session(), token))


def current_token() -> str:
    """Return the secret that this browser brought, or an empty string."""
    token = session.get(COOKIE_KEY)
    return token if isinstance(token, str) else ""


def _remember(token: str) -> None:
    session[COOKIE_KEY] = token
    _forget_found()


def _forget_found() -> None:
    g.pop("found_session", None)
    g.pop("_login_user", None)


def _found() -> Found | None:
    """Look this browser's session up, once a request."""
    token = current_token()
    if not token:
        return None
    if "found_session" not in g:
        g.found_session = _look_up(token)
    return cast("Found | None", g.found_session)


def _look_up(token: str) -> Found | None:
    found = sessions.find(current_session(), token)
    is_play = found is not None and found.proof.way == Way.DEMONSTRATION
    if is_play and not services().settings.shows_demonstration:
        return None
    return found


def _load_user(_request: Request) -> User | None:
    found = _found()
    if found is None or found.is_half_open:
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
