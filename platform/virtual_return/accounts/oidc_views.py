"""Pages of signing in with an account at a provider, and of linking it to one's own."""

from __future__ import annotations

import time

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from virtual_return.accounts import identities, login, oidc, queries
from virtual_return.accounts.access import Access, only, signed_in_user
from virtual_return.accounts.devices import device_label
from virtual_return.accounts.forms import PlainForm, SignInForm
from virtual_return.accounts.identities import Claims
from virtual_return.accounts.landing import after_sign_in
from virtual_return.errors import DomainError
from virtual_return.i18n import locale_code
from virtual_return.security import hash_token, limiter, safe_path
from virtual_return.services import services
from virtual_return.transaction import current_session, writes

# What waits for a yes before it is linked: issuer, subject, address and the moment.
PENDING = "identity_to_link"
PENDING_LASTS_S = 600


@limiter.limit("60 per hour")
def start() -> ResponseReturnValue:
    """Send the browser to the provider."""
    if not oidc.is_configured():
        abort(404)
    wants_link = request.args.get("link") == "1" and current_user.is_authenticated
    attempt = oidc.Attempt(
        next_path=safe_path(request.args.get("next"), ""),
        is_shared=request.args.get("shared") == "1",
        links_to=hash_token(login.current_token()) if wants_link else "",
    )
    try:
        return redirect(oidc.begin(attempt))
    except oidc.ProviderAway as error:
        return _trouble(error, "away")


@writes
def callback() -> ResponseReturnValue:
    """Take the provider's answer. It is asked before the database is, which it might keep waiting.

    An account that waits to be linked waits for a yes on a page of ours, so that nobody is led
    through here to link an account that is not theirs.
    """
    if not oidc.is_configured():
        abort(404)
    if request.args.get("error"):
        flash(
            _("You did not finish signing in there. You can try again, or use a link."), "warning"
        )
        return redirect(url_for("accounts.sign_in"))
    try:
        claims, attempt = oidc.finish()
    except oidc.ProviderAway as error:
        return _trouble(error, "away")
    except oidc.AnswerRefused as error:
        return _trouble(error, "refused")
    return _ask_to_link(claims, attempt) if attempt.links_to else _enter(claims, attempt)


def _enter(claims: Claims, attempt: oidc.Attempt) -> ResponseReturnValue:
    try:
        user, is_new = identities.sign_in(current_session(), claims, locale=locale_code())
    except identities.EmailTaken as error:
        return _trouble(error, "taken")
    except identities.NoVerifiedEmail as error:
        return _trouble(error, "unverified")
    device = device_label(request.user_agent.string)
    login.enter(user, device=device, is_shared=attempt.is_shared)
    return redirect(after_sign_in(user, attempt.next_path, is_new=is_new))


def _ask_to_link(claims: Claims, attempt: oidc.Attempt) -> ResponseReturnValue:
    is_same = hash_token(login.current_token()) == attempt.links_to
    if not current_user.is_authenticated or not is_same:
        return _trouble(oidc.AnswerRefused(), "refused")
    session[PENDING] = {
        "issuer": claims.issuer,
        "subject": claims.subject,
        "email": claims.email or "",
        "name": claims.name,
        "at": int(time.time()),
    }
    return redirect(url_for("accounts.link_identity"))


@only(Access.SIGNED_IN)
def link_identity() -> ResponseReturnValue:
    """Ask whether this account at the provider should open this account here; then link it."""
    pending = session.get(PENDING)
    if not pending or pending["at"] < time.time() - PENDING_LASTS_S:
        return redirect(url_for("accounts.settings"))
    form = PlainForm()
    if form.validate_on_submit():
        session.pop(PENDING)
        user = signed_in_user()
        identities.link(
            current_session(), user, issuer=pending["issuer"], subject=pending["subject"]
        )
        flash(_("Linked. You can now sign in with either."), "success")
        return redirect(url_for("accounts.settings"))
    return render_template(
        "accounts/link_identity.html", pending=pending, provider=services().settings.oidc_name
    )


@only(Access.SIGNED_IN)
def unlink_identity() -> ResponseReturnValue:
    """Remove a way to sign in."""
    user = signed_in_user()
    handle = request.form.get("handle", "")
    row_id = queries.id_of_handle(user, "identity", handle, secret=services().settings.secret_key)
    if row_id is None:
        abort(404)
    identities.unlink(current_session(), user, row_id)
    flash(_("Removed. The link by e-mail still works."), "success")
    return redirect(url_for("accounts.settings"))


def _trouble(error: DomainError, what: str) -> ResponseReturnValue:
    """Say what went wrong at the provider, with the other way in on the same page."""
    page = render_template(
        "accounts/provider_trouble.html",
        what=what,
        provider=services().settings.oidc_name,
        form=SignInForm(formdata=None),
    )
    return page, int(error.status)
