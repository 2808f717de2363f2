"""Pages of one's own second factors."""

from __future__ import annotations

import segno
from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from models import User
from virtual_return.accounts import login
from virtual_return.accounts.access import Access, fresh, only, signed_in_user
from virtual_return.accounts.factors import (
    app_codes,
    codes,
    emails,
    holding,
    passkeys,
    recovery,
    removing,
    resets,
)
from virtual_return.accounts.factors.forms import AddPasskeyForm, FirstCodeForm
from virtual_return.accounts.factors.sites import our_site
from virtual_return.accounts.factors.step_views import wanted_path
from virtual_return.accounts.forms import PlainForm
from virtual_return.i18n import gettext as _
from virtual_return.security import safe_path
from virtual_return.services import services
from virtual_return.transaction import current_session

PAGE = "accounts.factors"


@only(Access.SIGNED_IN)
@fresh()
def factors() -> ResponseReturnValue:
    """Show what somebody can prove a second time with, and what is missing."""
    user, session = signed_in_user(), current_session()
    proof = login.proof()
    return render_template(
        "accounts/factors/factors.html",
        add_form=AddPasskeyForm(formdata=None, next=wanted_path()),
        passkeys=passkeys.of(session, user),
        app=app_codes.of(session, user),
        codes_left=recovery.left(session, user),
        has_any=holding.has_any(session, user),
        must_have=holding.must_have(session, user),
        is_shown=bool(proof and proof.has_second_factor),
        reset=resets.of(session, user),
        site=our_site(),
        next_path=wanted_path(),
    )


@only(Access.SIGNED_IN)
@fresh(back=PAGE)
def begin_app() -> ResponseReturnValue:
    """Make a secret for an authenticator app."""
    if PlainForm().validate_on_submit():
        key = services().settings.secret_key
        app_codes.begin(current_session(), signed_in_user(), secret_key=key)
    return redirect(url_for("accounts.factor_app", next=wanted_path() or None))


@only(Access.SIGNED_IN)
@fresh()
def app() -> ResponseReturnValue:
    """Show the secret as a picture and as text, until a first code proves that the app has it."""
    user, settings = signed_in_user(), services().settings
    secret = app_codes.waiting_secret(current_session(), user, secret_key=settings.secret_key)
    if secret is None:
        return redirect(url_for(PAGE, next=wanted_path() or None))
    form = FirstCodeForm(next=wanted_path())
    if form.validate_on_submit():
        code = codes.digits_of(form.code.data or "")
        if app_codes.confirm(current_session(), user, code, secret_key=settings.secret_key):
            return after_adding(user, _("The app is set up."))
        form.code.errors = [
            _("This code does not fit. Wait for the next one, and check the clock of your phone.")
        ]
    address = app_codes.address(secret, account=user.email or "", programme=settings.programme_name)
    page = render_template(
        "accounts/factors/app.html",
        form=form,
        picture=_picture(address),
        address=address,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )
    return page, 422 if form.errors else 200


def after_adding(user: User, message: str) -> ResponseReturnValue:
    """Count a new factor as shown, and hand out recovery codes if there are none."""
    login.prove_again(second_factor=True)
    wanted = wanted_path()
    if recovery.left(current_session(), user) == 0:
        return _codes_page(recovery.renew(current_session(), user), wanted, message)
    flash(message, "success")
    return redirect(wanted or url_for(PAGE))


@only(Access.SIGNED_IN)
@fresh(back=PAGE)
def new_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them this once."""
    user, session = signed_in_user(), current_session()
    if not PlainForm().validate_on_submit() or not holding.has_any(session, user):
        return redirect(url_for(PAGE))
    made = recovery.renew(session, user)
    emails.changed(session, user, "recovery_codes_made")
    return _codes_page(made, "", "")


def _codes_page(made: list[str], wanted: str, message: str) -> ResponseReturnValue:
    """Show codes in the answer itself: they stand in no address and cannot be opened again."""
    return make_response(
        render_template(
            "accounts/factors/recovery_codes.html",
            codes=made,
            text="\n".join(made),
            message=message,
            next_path=safe_path(wanted, ""),
        )
    )


@only(Access.SIGNED_IN)
@fresh(back=PAGE)
def remove_passkey() -> ResponseReturnValue:
    """Remove one passkey."""
    removing.remove_passkey(
        current_session(), signed_in_user(), request.form.get("passkey", "")[:24]
    )
    flash(_("Removed."), "success")
    return redirect(url_for(PAGE))


@only(Access.SIGNED_IN)
@fresh(back=PAGE)
def remove_app() -> ResponseReturnValue:
    """Remove the authenticator app."""
    removing.remove_app(current_session(), signed_in_user())
    flash(_("Removed."), "success")
    return redirect(url_for(PAGE))


@only(Access.SIGNED_IN)
def cancel_reset() -> ResponseReturnValue:
    """End a request to begin anew, which somebody made in one's name or before finding a factor."""
    resets.cancel(current_session(), signed_in_user())
    flash(_("Ended. Your second factors stay as they are."), "success")
    return redirect(url_for(PAGE))


def _picture(address: str) -> Markup:
    """Draw a QR code, dark on white whatever the theme, for cameras."""
    drawing = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", omitsize=True
    )
    return Markup(drawing)  # noqa: S704 - drawn by us from signs that were encoded
