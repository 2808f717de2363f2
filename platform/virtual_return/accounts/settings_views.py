"""Pages of one's own account."""

from __future__ import annotations

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from models import User
from virtual_return.accounts import login, operations, queries
from virtual_return.accounts.access import Access, only, signed_in_user
from virtual_return.accounts.forms import SettingsForm, WelcomeForm
from virtual_return.accounts.landing import home_of
from virtual_return.accounts.providers import trusted
from virtual_return.i18n import remember_locale
from virtual_return.security import safe_path
from virtual_return.services import services
from virtual_return.templating.navigation import link_if_served
from virtual_return.transaction import current_session

# What somebody came for, and the page where that begins.
PATHS = {"offer": "experts.profile", "institution": "institutions.home"}


@only(Access.SIGNED_IN)
def welcome() -> ResponseReturnValue:
    """Ask a new person's name, and what they came for."""
    user = signed_in_user()
    wanted = safe_path(request.values.get("next"), "")
    form = WelcomeForm(obj=user)
    if form.validate_on_submit():
        operations.change_settings(current_session(), user, name=form.name.data or "")
        endpoint = PATHS.get(request.form.get("path", ""), "")
        otherwise = wanted or home_of(user) or link_if_served("public.landing") or "/"
        return redirect(link_if_served(endpoint) or otherwise)
    page = render_template("accounts/welcome.html", form=form, next_path=wanted)
    return page, 422 if form.errors else 200


@only(Access.SIGNED_IN)
def settings() -> ResponseReturnValue:
    """Show and change how we speak to somebody, and where they are signed in."""
    user = signed_in_user()
    form = SettingsForm(obj=user)
    form.offer_choices(user.time_zone)
    if not form.validate_on_submit():
        return _settings_page(user, form), 422 if form.errors else 200
    operations.change_settings(
        current_session(),
        user,
        name=form.name.data or "",
        locale=form.locale.data,
        time_zone=form.time_zone.data,
    )
    with force_locale(user.locale):
        flash(_("Saved."), "success")
    # The browser's own choice of language goes before the account's, so it has to follow.
    return remember_locale(make_response(redirect(url_for("accounts.settings"))), user.locale)


def _settings_page(user: User, form: SettingsForm) -> str:
    session, secret = current_session(), services().settings.secret_key
    token = login.current_token()
    return render_template(
        "accounts/settings.html",
        form=form,
        email=user.email,
        sessions=queries.sessions_of(session, user, token=token, secret=secret),
        identities=queries.identities_of(session, user, secret=secret),
        providers=trusted.enabled(session, services().settings),
    )


@only(Access.SIGNED_IN)
def revoke_session() -> ResponseReturnValue:
    """Sign out one browser, or all but this one."""
    user, session = signed_in_user(), current_session()
    if request.form.get("all"):
        operations.end_other_sessions(session, user, keep_token=login.current_token())
        flash(_("You are signed out everywhere but here."), "success")
        return redirect(url_for("accounts.settings"))
    row_id = queries.id_of_handle(
        user, "session", request.form.get("handle", ""), secret=services().settings.secret_key
    )
    if row_id is None:
        abort(404)
    operations.revoke_session(session, user, row_id)
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("accounts.settings"))
