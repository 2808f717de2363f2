"""The public pages."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from virtual_return.config import LOCALES
from virtual_return.i18n import remember_locale
from virtual_return.public.queries import latest_needs, public_figures
from virtual_return.public.samples import samples
from virtual_return.security import safe_path
from virtual_return.services import services
from virtual_return.templating import filters
from virtual_return.templating.labels import label
from virtual_return.transaction import current_session


def landing() -> ResponseReturnValue:
    """Say what this is, to whoever comes."""
    session = current_session()
    return render_template(
        "public/landing.html",
        figures=public_figures(session),
        needs=latest_needs(session, count=3),
    )


def how_it_works() -> ResponseReturnValue:
    """Walk through it, for each kind of person."""
    return render_template("public/how_it_works.html")


def protection() -> ResponseReturnValue:
    """Say who sees what, and what never happens."""
    return render_template("public/protection.html")


def figures() -> ResponseReturnValue:
    """Show what anybody may know."""
    now = public_figures(current_session())
    return render_template(
        "public/figures.html",
        figures=now,
        countries=[(filters.country(share.key), share.count) for share in now.needs_by_country],
        kinds=[(label(kind), count) for kind, count in now.needs_by_kind],
    )


def design() -> ResponseReturnValue:
    """Show every component; in development only."""
    if services().settings.is_production:
        abort(404)
    return render_template("public/design.html", **samples())


def language(code: str) -> ResponseReturnValue:
    """Speak another language from now on, on the page where the reader was."""
    if code not in LOCALES:
        abort(404)
    return remember_locale(_to(request.args.get("next")), code)


def _to(target: str | None) -> Response:
    return make_response(redirect(safe_path(target), 303))
