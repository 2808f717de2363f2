"""Which language a page speaks, in which direction, and in which time zone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale
from flask_babel import gettext as translate
from flask_babel import ngettext as translate_plural
from flask_login import current_user

from virtual_return.config import LOCALES

DEFAULT_LOCALE = LOCALES[0]
COOKIE = "lang"
COOKIE_AGE_S = 365 * 24 * 3600
# Each language in its own words: somebody who looks for theirs may read no other.
LANGUAGE_NAMES = {
    "en": "English",
    "fr": "Français",
    "ar": "العربية",
    "es": "Español",
    "pt": "Português",
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language that pages can be read in."""

    code: str
    name: str
    direction: str


LANGUAGES = tuple(
    Language(code, LANGUAGE_NAMES[code], Locale.parse(code).text_direction) for code in LOCALES
)


def install(app: Flask) -> None:
    """Bind the catalogues, and choose locale and time zone for each request."""
    Babel(
        app,
        default_locale=DEFAULT_LOCALE,
        default_translation_directories=str(Path(app.root_path) / "translations"),
        locale_selector=_choose_locale,
        timezone_selector=select_time_zone,
    )
    app.after_request(_name_language)


def gettext(message: str, **values: object) -> str:
    """Return a sentence in the reader's language."""
    return str(translate(message, **values))


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Return a sentence about `%(num)d` things in the reader's language."""
    return str(translate_plural(singular, plural, num, **values))


def _choose_locale() -> str:
    chosen = select_locale()
    if has_request_context():
        g.spoken_locale = chosen
    return chosen


def select_locale() -> str:
    """Return the first of: ?lang, this browser's choice, the account's, what the browser asks."""
    if not has_request_context():
        return DEFAULT_LOCALE
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in LOCALES:
            return wish
    preferred = _preference("locale")
    if preferred in LOCALES:
        return preferred
    return request.accept_languages.best_match(LOCALES) or DEFAULT_LOCALE


def select_time_zone() -> str | None:
    """Return the account's time zone, or none for UTC."""
    zone = _preference("time_zone") if has_request_context() else ""
    return zone if zone in available_timezones() else None


def time_zone() -> ZoneInfo:
    """Return the time zone in which this request shows moments."""
    return ZoneInfo(select_time_zone() or "UTC")


def locale_code() -> str:
    """Return the code of the language that is being spoken."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT_LOCALE


def text_direction(code: str | None = None) -> str:
    """Return `ltr` or `rtl` for a language, or for the one that is being spoken."""
    return str(Locale.parse(code or locale_code()).text_direction)


def remember_locale(response: Response, code: str) -> Response:
    """Keep a language for this browser; it goes before the account's."""
    if code in LOCALES:
        response.set_cookie(
            COOKIE,
            code,
            max_age=COOKIE_AGE_S,
            samesite="Lax",
            httponly=True,
            secure=bool(current_app.config.get("SESSION_COOKIE_SECURE")),
        )
    return response


def _preference(name: str) -> str:
    # Where nobody can sign in (an error during start, a small test application) there is none.
    if not hasattr(current_app, "login_manager"):
        return ""
    return str(getattr(current_user, name, "") or "")


def _name_language(response: Response) -> Response:
    if response.mimetype == "text/html" and "spoken_locale" in g:
        response.headers.setdefault("Content-Language", g.spoken_locale)
        response.vary.update(("Accept-Language", "Cookie"))
    return response
