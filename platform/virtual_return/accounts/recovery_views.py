"""Pages behind the links of a recovery; whoever opens them is signed in to nothing."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import now
from virtual_return.accounts import recovery
from virtual_return.accounts.forms import PlainForm
from virtual_return.i18n import gettext as _
from virtual_return.security import limiter
from virtual_return.transaction import audited_refusal, current_session

LONGEST_TOKEN = 100


@limiter.limit("120 per hour")
def recover(token: str) -> ResponseReturnValue:
    """Confirm the new address; after the days of waiting the same link opens the account."""
    token, session = token[:LONGEST_TOKEN], current_session()
    with audited_refusal(
        "account.recovery_refused", actor_id=None, object_kind="user", object_id=None
    ):
        row = recovery.look(session, token)
        if PlainForm().validate_on_submit():
            if row.opens_at is None:
                recovery.confirm(session, token)
                return redirect(url_for("accounts.recover", token=token))
            recovery.finish(session, token)
            flash(_("The account has its new address. Sign in with it now."), "success")
            return redirect(url_for("accounts.sign_in"))
    is_open = row.opens_at is not None and row.opens_at <= now()
    return render_template("accounts/recover.html", row=row, is_open=is_open)


@limiter.limit("120 per hour")
def stop_recovery(token: str) -> ResponseReturnValue:
    """Stop it, for whoever still reads the old address."""
    token, session = token[:LONGEST_TOKEN], current_session()
    with audited_refusal(
        "account.recovery_refused", actor_id=None, object_kind="user", object_id=None
    ):
        recovery.waits_to_stop(session, token)
        if PlainForm().validate_on_submit():
            recovery.stop(session, token)
            flash(_("Stopped. Nobody else gets into your account this way."), "success")
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/stop_recovery.html")
