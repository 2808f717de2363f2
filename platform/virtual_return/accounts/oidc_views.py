"""Pages of signing in with an account at a provider, and of leaving there."""

from __future__ import annotations

import time

from authlib.common.urls import add_params_to_uri
from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from requests import RequestException
from sqlalchemy import select

from models import Provider
from virtual_return import audit
from virtual_return.accounts import back_channel, identities, login, oidc, pending
from virtual_return.accounts.devices import device_label
from virtual_return.accounts.forms import SignInForm
from virtual_return.accounts.identities import Claims
from virtual_return.accounts.landing import after_sign_in
from virtual_return.accounts.providers import logos, trusted
from virtual_return.accounts.providers.clients import described
from virtual_return.accounts.providers.trusted import OF_SETTINGS, Trusted
from virtual_return.accounts.sessions import Way
from virtual_return.addresses import absolute_url
from virtual_return.errors import DomainError, Forbidden
from virtual_return.i18n import locale_code
from virtual_return.logs import get_logger
from virtual_return.security import csrf, hash_token, limiter, safe_path
from virtual_return.services import services
from virtual_return.transaction import current_session, write_apart, writes

LONGEST_MESSAGE = 10_000
ALLOWANCE = "refusals that strangers may write"
UNASKED = frozenset({"no_attempt", "logout_message", "away"})


class _Allowance:
    """So many events in so many seconds, in one process."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._since, self._count = 0.0, 0

    def may_write(self) -> bool:
        if time.monotonic() - self._since > self._seconds:
            self._since, self._count = time.monotonic(), 0
        self._count += 1
        return self._count <= self._most


@limiter.limit("600 per hour")
def start(key: str = OF_SETTINGS) -> ResponseReturnValue:
    """Send the browser to the provider."""
    provider = _provider(key)
    wants_link = request.args.get("link") == "1" and current_user.is_authenticated
    attempt = oidc.Attempt(
        next_path=safe_path(request.args.get("next"), ""),
        is_shared=request.args.get("shared") == "1",
        links_to=hash_token(login.current_token()) if wants_link else "",
    )
    try:
        return redirect(oidc.begin(provider, attempt))
    except oidc.ProviderAway as error:
        return _trouble(provider, error, "away", "away")


@limiter.limit("600 per hour")
@writes
def callback(key: str = OF_SETTINGS) -> ResponseReturnValue:
    """Take the provider's answer. It is asked before the database is, which it might keep waiting.

    An account that waits to be linked waits for a yes on a page of ours, so that nobody is led
    through here to link an account that is not theirs.
    """
    provider = _provider(key)
    if request.args.get("error"):
        if oidc.has_attempt(provider):
            oidc.drop_attempt(provider)
            _note_refusal(provider, "denied")
        flash(
            _("You did not finish signing in there. You can try again, or use a link."), "warning"
        )
        return redirect(url_for("accounts.sign_in"))
    try:
        claims, attempt = oidc.finish(provider)
    except oidc.ProviderAway as error:
        return _trouble(provider, error, "away", "away")
    except oidc.AnswerRefused as error:
        what = "undated" if error.cause == "not_fresh" else "refused"
        return _trouble(provider, error, what, error.cause)
    if attempt.links_to:
        return _ask_to_link(provider, claims, attempt)
    return _enter(provider, claims, attempt)


def _enter(provider: Trusted, claims: Claims, attempt: oidc.Attempt) -> ResponseReturnValue:
    session = current_session()
    try:
        user, is_new = identities.sign_in(session, claims, locale=locale_code())
    except identities.EmailTaken as error:
        _keep(provider, claims)
        return _trouble(provider, error, "taken", "address_taken")
    except identities.NoVerifiedEmail as error:
        _keep(provider, claims)
        return _trouble(provider, error, "unverified", "address_not_vouched")
    except Forbidden:
        _note_refusal(provider, "suspended")
        raise
    pending.drop()
    login.enter(
        user,
        device=device_label(request.user_agent.string),
        is_shared=attempt.is_shared,
        way=Way.PROVIDER,
        provider=identities.at_provider(session, claims),
    )
    return redirect(after_sign_in(user, attempt.next_path, is_new=is_new))


def _ask_to_link(provider: Trusted, claims: Claims, attempt: oidc.Attempt) -> ResponseReturnValue:
    is_same = hash_token(login.current_token()) == attempt.links_to
    if not current_user.is_authenticated or not is_same:
        return _trouble(provider, oidc.AnswerRefused(), "refused", "another_person")
    _keep(provider, claims, is_fresh=True)
    return redirect(url_for("accounts.link_identity"))


def _keep(provider: Trusted, claims: Claims, *, is_fresh: bool = False) -> None:
    """Let what was proved there wait for a yes, here or after signing in another way."""
    pending.keep(
        issuer=claims.issuer,
        subject=claims.subject,
        email=claims.email or "",
        name=claims.name,
        provider=provider.key,
        is_fresh=is_fresh,
    )


@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("600 per hour")
def provider_logout(key: str) -> ResponseReturnValue:
    """Take a provider's word that somebody left there, and end their sessions here."""
    provider = _provider(key)
    try:
        logout = back_channel.read(provider, request.form.get("logout_token", "")[:LONGEST_MESSAGE])
        back_channel.end_sessions(current_session(), provider, logout)
    except DomainError as error:
        _note_refusal(provider, "logout_message")
        return {"error": "invalid_request"}, int(error.status), {"Cache-Control": "no-store"}
    return "", 200, {"Cache-Control": "no-store"}


def leave_provider(key: str) -> ResponseReturnValue:
    """Send somebody who signed out here to where they sign out at the provider."""
    provider = _provider(key)
    try:
        _client, metadata = described(provider)
    except (RequestException, ValueError, RuntimeError):
        metadata = {}
    there = metadata.get("end_session_endpoint")
    if not there:
        flash(_("Sign out on the pages of your provider: it offers no way from here."), "warning")
        return redirect(url_for("accounts.signed_out"))
    wishes = {
        "client_id": provider.client_id,
        "post_logout_redirect_uri": absolute_url("accounts.signed_out"),
        "ui_locales": locale_code(),
    }
    return redirect(add_params_to_uri(there, wishes.items()))


def provider_logo(key: str) -> ResponseReturnValue:
    """Serve the logo of a provider, as the picture that it was found to be."""
    with services().database.reading() as session:
        logo = session.scalar(select(Provider.logo).where(Provider.public_id == key))
    kind = logos.kind_of(logo) if logo else ""
    if not logo or not kind:
        abort(404)
    answer = Response(logo, mimetype=kind)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _provider(key: str) -> Trusted:
    """Return the provider of an address; whatever is open in the database is closed again."""
    with services().database.reading() as session:
        found = trusted.by_key(session, services().settings, key)
    return found or abort(404)


def _trouble(provider: Trusted, error: DomainError, what: str, cause: str) -> ResponseReturnValue:
    """Say what went wrong at the provider, with the other ways in on the same page."""
    _note_refusal(provider, cause)
    page = render_template(
        "accounts/provider_trouble.html",
        what=what,
        key=provider.key,
        provider=provider.name(locale_code()),
        form=SignInForm(formdata=None),
    )
    return page, int(error.status)


def _note_refusal(provider: Trusted, cause: str) -> None:
    """Leave an event that a sign-in failed, and why, in a word; nobody is named.

    What anybody can cause without having begun anything is noted a few times in ten minutes and
    counted in the log beyond that: the trail is kept for good, and must not be filled by strangers.
    """
    strangers = current_app.extensions.setdefault(ALLOWANCE, _Allowance(20, 600))
    if cause in UNASKED and not strangers.may_write():
        get_logger().warning("sign_in_refused", provider=provider.key, cause=cause)
        return
    actor_id = current_user.id if current_user.is_authenticated else None
    write_apart(
        lambda session: audit.record(
            session, "sign_in.refused", actor_id=actor_id, provider=provider.key, cause=cause
        )
    )
