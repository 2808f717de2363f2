"""What can go wrong in the words of the domain, and the one place that answers for it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from flask import Flask, Response, g, make_response, render_template
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from virtual_return.logs import get_logger


def N_(message: str) -> str:  # noqa: N802
    """Mark a sentence for translation; it is translated where it is shown."""
    return message


class DomainError(Exception):
    """Something that a person can be told; operations raise it and know nothing of pages.

    The message is a translated sentence; without one, the class's own words are used.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    title: ClassVar[str] = N_("This cannot be done")
    words: ClassVar[str] = N_("Something in the request does not fit. Go back and try again.")

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """There is no such thing, or this person may not know that there is."""

    status = HTTPStatus.NOT_FOUND
    title = N_("Page not found")
    words = N_(
        "The address may be mistyped, or what was here is closed, hidden or no longer shown to you."
    )


class Forbidden(DomainError):
    """The person may see the thing, and may not do this with it."""

    status = HTTPStatus.FORBIDDEN
    title = N_("You may not do this")
    words = N_("Your role does not allow it. Somebody else of your institution may be able to.")


class Conflict(DomainError):
    """The thing has moved on since the page was made."""

    status = HTTPStatus.CONFLICT
    title = N_("This has changed in the meantime")
    words = N_("Nothing was lost. Open the page again to see how it stands now.")


class Invalid(DomainError):
    """What was given breaks a rule of the programme."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("This cannot be saved as it is")


class TooMany(DomainError):
    """Too much of it in too short a time."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = N_("Please wait a little")
    words = N_("This was asked for too often in a short time. Try again later.")


class Unavailable(DomainError):
    """Something that we need is away for the moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = N_("Back in a moment")
    words = N_("A part of this service is not answering. Try again in a few minutes.")


# What is said for errors that were not raised by the domain. A status without an entry gets the
# words of DomainError below 500, and FAULT from there on.
WORDS: dict[int, tuple[str, str]] = {
    int(kind.status): (kind.title, kind.words)
    for kind in (NotFound, Forbidden, Conflict, TooMany, Unavailable)
} | {
    400: (
        N_("This form could not be accepted"),
        N_("It may have been open for too long. Go back, reload the page and send it again."),
    ),
    401: (N_("Please sign in"), N_("This page is only for people who are signed in.")),
    405: (N_("This cannot be done here"), DomainError.words),
    410: (
        N_("This is no longer here"),
        N_("It was closed or withdrawn by those whom it belongs to."),
    ),
    413: (N_("This is too large"), N_("Shorten the text or choose a smaller file.")),
}
FAULT = (
    N_("Something went wrong on our side"),
    N_("Nothing that you did caused it, and nothing was half saved. Please try again."),
)
FAILSAFE_PAGE = Path(__file__).with_name("templates") / "failsafe.html"


def install(app: Flask) -> None:
    """Answer every error with a page in the same clothes, or with the failsafe page."""
    app.register_error_handler(DomainError, _answer_domain_error)
    app.register_error_handler(HTTPException, _answer_http_exception)


def _answer_domain_error(error: DomainError) -> Response:
    return _page(error.status, error.title, str(error.message) or error.words)


def _answer_http_exception(error: HTTPException) -> AnyResponse:
    """Keep answers that are no errors (redirects, ready responses) as they are."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    if status >= 500:
        original = getattr(error, "original_exception", None)
        get_logger().error("request_failed", status=status, exc_info=original or error)
    title, message = WORDS.get(
        status, (DomainError.title, DomainError.words) if status < 500 else FAULT
    )
    response = _page(status, title, message)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    return response


def _page(status: int, title: str, message: str) -> Response:
    try:
        _forget_changes()
        body = render_template(
            "error.html",
            status=int(status),
            error_title=str(gettext(title)),
            error_message=str(gettext(message)),
            request_id=g.get("request_id", ""),
        )
    except Exception as error:  # noqa: BLE001  The page about an error must not fail itself.
        get_logger().error("error_page_failed", status=int(status), exc_info=error)
        body = FAILSAFE_PAGE.read_text(encoding="utf-8")
    response = make_response(body, int(status))
    response.headers["Cache-Control"] = "no-store"
    return response


def _forget_changes() -> None:
    """Roll back first: the page itself asks who is signed in, which a failed session cannot say."""
    session = g.get("session")
    if session is not None:
        session.rollback()
