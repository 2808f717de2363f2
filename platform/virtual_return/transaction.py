"""One transaction per request, opened when first asked for and ended at the edge.

Requests that may write begin immediately, so that two of them queue instead of failing; answers
below 400 commit, everything else rolls back. Views, operations and models never commit. What
must be known of a refusal is written apart, after that end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from virtual_return import audit
from virtual_return.db import Database
from virtual_return.errors import DomainError

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., object])


def writes(view: View) -> View:
    """Mark a view that writes although it is reached by GET, such as a sign-in callback."""
    view.__dict__["writes"] = True
    return view


def current_session() -> Session:
    """Return this request's session."""
    if "session" not in g:
        g.session = _database().session(writes=_request_writes())
    return cast(Session, g.session)


def _database() -> Database:
    return cast(Database, current_app.extensions["database"])


def write_apart(write: Callable[[Session], object]) -> None:
    """Write in a transaction of its own once this request's has ended, however it ends.

    It is for audit events about what was refused: a refusal rolls everything else back.
    """
    g.setdefault("apart", []).append(write)


def keep_changes() -> None:
    """Commit this request's work although its answer is an error.

    For what a refusal itself writes and the next attempt must see: a wrong code is counted, a
    challenge is used. `write_apart` would come too late for an attempt that runs beside this one.
    """
    g.keeps_changes = True


@contextmanager
def audited_refusal(
    action: str, *, actor_id: int | None, object_kind: str, object_id: int | None
) -> Iterator[None]:
    """Let a refusal through to its page, and leave an event in the audit trail that it happened."""
    try:
        yield
    except DomainError as error:
        cause = type(error).__name__
        write_apart(
            lambda session: audit.record(
                session,
                action,
                actor_id=actor_id,
                object_kind=object_kind,
                object_id=object_id,
                cause=cause,
            )
        )
        raise


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
        if session is not None:
            keeps = response.status_code < 400 or g.get("keeps_changes")
            if keeps and _request_writes():
                session.commit()
            else:
                session.rollback()
        for write in g.pop("apart", []):
            with _database().writing() as apart:
                write(apart)
        return response

    @app.teardown_request
    def _close(_error: BaseException | None) -> None:
        session = cast("Session | None", g.pop("session", None))
        if session is not None:
            session.close()
