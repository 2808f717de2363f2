"""Pages on which somebody adds a way to sign in, or removes one."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from virtual_return.accounts import identities, login, pending, queries
from virtual_return.accounts.access import Access, fresh, only, require_fresh, signed_in_user
from virtual_return.accounts.forms import PlainForm
from virtual_return.accounts.landing import after_sign_in
from virtual_return.accounts.merging import requests
from virtual_return.accounts.providers import trusted
from virtual_return.i18n import locale_code
from virtual_return.security import safe_path
from virtual_return.services import services
from virtual_return.transaction import audited_refusal, current_session


@only(Access.SIGNED_IN)
def link_identity() -> ResponseReturnValue:
    """Ask whether this account at the provider should open this account here; then link it."""
    waiting, user = pending.look(), signed_in_user()
    wanted = safe_path(request.values.get("next"), "")
    if waiting is None:
        pending.drop()
        return redirect(wanted or url_for("accounts.settings"))
    refusal = require_fresh()
    if refusal is not None:
        return refusal
    form = PlainForm()
    if form.validate_on_submit():
        pending.drop()
        if request.form.get("do") == "leave":
            return redirect(after_sign_in(user, wanted, is_new=False))
        if not waiting.is_fresh:
            # The page offered no such button: it led through the provider once more.
            abort(400)
        with audited_refusal(
            "account.link_refused", actor_id=user.id, object_kind="user", object_id=user.id
        ):
            is_of_another = requests.prove_by_identity(
                current_session(), user, issuer=waiting.issuer, subject=waiting.subject
            )
            if is_of_another:
                # It opens another account of theirs, which can become one with this.
                return redirect(url_for("accounts.merge_confirm"))
            identities.link(current_session(), user, issuer=waiting.issuer, subject=waiting.subject)
        flash(_("Linked. You can now sign in with either."), "success")
        return redirect(wanted or url_for("accounts.settings"))
    found = trusted.by_issuer(current_session(), services().settings, waiting.issuer)
    return render_template(
        "accounts/link_identity.html",
        pending=waiting,
        opens_another=requests.opens_another(
            current_session(), user, issuer=waiting.issuer, subject=waiting.subject
        ),
        next_path=wanted,
        provider=found.name(locale_code()) if found else waiting.issuer,
    )


@only(Access.SIGNED_IN)
def begin_link(key: str) -> ResponseReturnValue:
    """Begin to link an account at a provider, by somebody who has just signed in here."""
    refusal = require_fresh()
    if refusal is not None:
        return refusal
    found = trusted.by_key(current_session(), services().settings, key) or abort(404)
    # A page with a link: browsers stop a form's answer that leads to another site.
    return render_template("accounts/begin_link.html", key=key, provider=found.name(locale_code()))


@only(Access.SIGNED_IN)
@fresh(back="accounts.settings")
def unlink_identity() -> ResponseReturnValue:
    """Remove a way to sign in."""
    user = signed_in_user()
    handle = request.form.get("handle", "")
    row_id = queries.id_of_handle(user, "identity", handle, secret=services().settings.secret_key)
    if row_id is None:
        abort(404)
    identities.unlink(current_session(), user, row_id, keep_token=login.current_token())
    flash(_("Removed. The link by e-mail still works."), "success")
    return redirect(url_for("accounts.settings"))
