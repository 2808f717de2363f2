"""One transaction per request, opened when first asked for and ended at the edge.

Requests that may write begin immediately, so that two of them queue instead of failing; answers
below 400 commit, everything else rolls back. Views, operations and models never commit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from virtual_return.db import Database

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., object])


def writes(view: View) -> View:
    """Mark a view that writes although it is reached by GET, such as a sign-in callback."""
    view.__dict__["writes"] = True
    return view


def current_session() -> Session:
    """Return this request's session."""
    if "session" not in g:
        database = cast(Database, current_app.extensions["database"])
        g.session = database.session(writes=_request_writes())
    return cast(Session, g.session)


def _request_writes() -> bool:
    if request.method not in READING_METHODS:
        return True
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "writes", False))


def install(app: Flask, database: Database) -> None:
    """Bind sessions to requests."""
    app.extensions["database"] = database

    @app.after_request
    def _end(response: Response) -> Response:
        session = cast("Session | None", g.get("session"))
        if session is None:
            return response
        if response.status_code < 400 and _request_writes():
            session.commit()
        else:
            session.rollback()
        return response

    @app.teardown_request
    def _close(_error: BaseException | None) -> None:
        session = cast("Session | None", g.pop("session", None))
        if session is not None:
            session.close()
