"""Pages of signing in by a link, and of signing out."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from virtual_return.accounts import demonstration, email_links, login, people, sessions
from virtual_return.accounts.devices import device_label
from virtual_return.accounts.factors.sites import our_site
from virtual_return.accounts.forms import OpenLinkForm, PlainForm, SignInForm
from virtual_return.accounts.landing import after_sign_in
from virtual_return.accounts.limits import address_key, sign_in_limit
from virtual_return.accounts.providers import trusted
from virtual_return.accounts.sessions import Way
from virtual_return.i18n import locale_code
from virtual_return.security import limiter, safe_path
from virtual_return.services import services
from virtual_return.transaction import current_session

# Remembers the address that a link was sent to, so that the next page can say it back.
SENT_TO = "link_sent_to"
LONGEST_TOKEN = 100


@limiter.limit(sign_in_limit, methods=["POST"])
@limiter.limit(sign_in_limit, key_func=address_key, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for an address, and offer the other ways in."""
    next_path = safe_path(request.args.get("next"), "")
    if current_user.is_authenticated and request.method == "GET":
        return redirect(after_sign_in(current_user, next_path, is_new=False))
    form = SignInForm(next=next_path)
    if form.validate_on_submit():
        wanted = safe_path(form.next.data, "")
        email_links.ask(current_session(), form.address, locale=locale_code(), next_path=wanted)
        session[SENT_TO] = form.address
        return redirect(url_for("accounts.link_sent"))
    return _sign_in_page(form), 422 if form.errors else 200


def _sign_in_page(form: SignInForm) -> str:
    return render_template(
        "accounts/sign_in.html",
        form=form,
        next_path=safe_path(form.next.data, ""),
        providers=trusted.enabled(current_session(), services().settings),
        site=our_site(),
        demo_sign_ins=demonstration.offered(current_session()),
    )


def link_sent() -> ResponseReturnValue:
    """Say that a link is on its way: the same words whether there is an account or not."""
    address = session.get(SENT_TO)
    if not address:
        return redirect(url_for("accounts.sign_in"))
    settings = services().settings
    # In development mail goes to a folder; say so, or nobody finds it.
    folder = "" if settings.mail_url or settings.is_production else "mail"
    return render_template("accounts/link_sent.html", address=address, folder=folder)


def open_link(token: str) -> ResponseReturnValue:
    """Show what the link would do; use it only when a person presses the button."""
    waiting = email_links.look(current_session(), token[:LONGEST_TOKEN])
    form = OpenLinkForm()
    if waiting is None:
        return _link_over()
    if form.validate_on_submit():
        try:
            opened = email_links.use(
                current_session(), token, coordinators=services().settings.coordinator_emails
            )
        except email_links.LinkOver:
            return _link_over()
        login.enter(
            opened.user,
            device=_device(),
            is_shared=bool(form.is_shared.data),
            way=Way.EMAIL_LINK,
        )
        return redirect(after_sign_in(opened.user, opened.next_path, is_new=opened.is_new))
    return render_template("accounts/open_link.html", form=form, email=waiting.email)


def _link_over() -> ResponseReturnValue:
    """Offer a new link; but whoever pressed twice is signed in already, and goes on."""
    if current_user.is_authenticated:
        return redirect(after_sign_in(current_user, "", is_new=False))
    return render_template("accounts/link_over.html", form=SignInForm(formdata=None)), 410


def demo_sign_in() -> ResponseReturnValue:
    """Enter an account of the demonstration programme; in production there is no such page."""
    offered = {item.email for item in demonstration.offered(current_session())}
    email = request.form.get("email", "")
    if email not in offered or not PlainForm().validate_on_submit():
        abort(404)
    user = people.find_by_email(current_session(), email)
    if user is None:
        abort(404)
    people.require_active(user)
    people.record_sign_in(current_session(), user, "demonstration")
    # Nobody real stands behind these accounts, and production has no such page.
    login.enter(user, device=_device(), is_shared=False, way=Way.DEMONSTRATION, both_factors=True)
    flash(_("You are signed in to the demonstration. Nothing here is real."), "success")
    return redirect(after_sign_in(user, request.form.get("next", ""), is_new=False))


def sign_out() -> ResponseReturnValue:
    """Delete the session, and have the browser forget what it saw."""
    issuer = sessions.issuer_of(current_session(), login.current_token())
    own = trusted.by_issuer(current_session(), services().settings, issuer) if issuer else None
    login.leave()
    response = redirect(url_for("accounts.signed_out", at=own.key if own else None))
    response.headers["Clear-Site-Data"] = login.CLEAR_SITE_DATA
    return response


def signed_out() -> ResponseReturnValue:
    """Say that it is over, which matters on a phone that others use."""
    key = request.args.get("at", "")[:40]
    own = trusted.by_key(current_session(), services().settings, key) if key else None
    return render_template("accounts/signed_out.html", provider=own)


def _device() -> str:
    return device_label(request.user_agent.string)
