"""Pages of changing one's address."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import User
from virtual_return.accounts import email_change, login
from virtual_return.accounts.access import Access, fresh, only, signed_in_user
from virtual_return.accounts.forms import NewAddressForm, PlainForm
from virtual_return.accounts.limits import address_key, sign_in_limit
from virtual_return.i18n import gettext as _
from virtual_return.security import limiter
from virtual_return.transaction import audited_refusal, current_session

LONGEST_TOKEN = 100
REFUSED = "account.email_change_refused"


@limiter.limit(sign_in_limit, methods=["POST"])
@limiter.limit(sign_in_limit, key_func=address_key, methods=["POST"])
@only(Access.SIGNED_IN)
@fresh()
def change_email() -> ResponseReturnValue:
    """Ask for the new address, or show what still waits."""
    user, session, form = signed_in_user(), current_session(), NewAddressForm()
    if form.validate_on_submit():
        with audited_refusal(REFUSED, actor_id=user.id, object_kind="user", object_id=user.id):
            email_change.ask(session, user, form.address)
        flash(_("We wrote to both addresses. Open both messages within 24 hours."), "success")
        return redirect(url_for("accounts.change_email"))
    page = render_template(
        "accounts/change_email.html",
        form=form,
        email=user.email,
        change=email_change.of(session, user),
    )
    return page, 422 if form.errors else 200


@only(Access.SIGNED_IN)
def cancel_email_change() -> ResponseReturnValue:
    """Stop a change from the settings."""
    email_change.cancel(current_session(), signed_in_user())
    flash(_("Your address stays as it is."), "success")
    return redirect(url_for("accounts.settings"))


def confirm_email(token: str) -> ResponseReturnValue:
    """Show what a link would do, and do it once the button is pressed."""
    session, form, token = current_session(), PlainForm(), token[:LONGEST_TOKEN]
    waiting = email_change.look(session, token)
    with _noted(waiting):
        if form.validate_on_submit():
            done = email_change.confirm(
                session, token, reader=_reader(), keep_token=login.current_token()
            )
            return render_template("accounts/email_confirmed.html", done=done)
        if waiting is None or (_reader() is not None and _reader_id() != waiting.user_id):
            raise email_change.over()
    return render_template("accounts/confirm_email.html", form=form, waiting=waiting, token=token)


def stop_email_change(token: str) -> ResponseReturnValue:
    """Stop a change from the mail at the old address."""
    session, token = current_session(), token[:LONGEST_TOKEN]
    with _noted(email_change.look(session, token)):
        email_change.stop(session, token, reader=_reader())
    return render_template("accounts/email_stopped.html")


def _reader() -> User | None:
    return signed_in_user() if current_user.is_authenticated else None


def _reader_id() -> int | None:
    reader = _reader()
    return reader.id if reader else None


def _noted(waiting: email_change.Waiting | None) -> AbstractContextManager[None]:
    return audited_refusal(
        REFUSED,
        actor_id=_reader_id(),
        object_kind="user",
        object_id=waiting.user_id if waiting else None,
    )
