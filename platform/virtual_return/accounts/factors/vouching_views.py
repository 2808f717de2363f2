"""Pages on which programme staff vouch for somebody who lost every second factor."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from virtual_return.accounts.access import Access, fresh, only, signed_in_user
from virtual_return.accounts.factors import resets
from virtual_return.accounts.factors.forms import VouchForm
from virtual_return.accounts.forms import PlainForm
from virtual_return.i18n import gettext as _
from virtual_return.transaction import audited_refusal, current_session

LIST = "accounts.lost_factors"


@only(Access.COORDINATOR)
def lost_factors() -> ResponseReturnValue:
    """List who asks, and who was vouched for."""
    return render_template(
        "accounts/factors/lost_factors.html",
        requests=resets.waiting(current_session(), signed_in_user()),
    )


@only(Access.COORDINATOR)
@fresh()
def vouch(public_id: str) -> ResponseReturnValue:
    """Give one's word for somebody."""
    user, session = signed_in_user(), current_session()
    asked = next(
        (item for item in resets.waiting(session, user) if item.public_id == public_id), None
    )
    if asked is None:
        abort(404)
    form = VouchForm()
    if form.validate_on_submit():
        with audited_refusal(
            "second_factor.vouching_refused",
            actor_id=user.id,
            object_kind="user",
            object_id=user.id,
        ):
            resets.vouch(session, user, public_id)
        flash(_("You vouched for this person. They can begin anew in 24 hours."), "success")
        return redirect(url_for(LIST))
    page = render_template("accounts/factors/vouch.html", form=form, asked=asked)
    return page, 422 if form.errors else 200


@only(Access.COORDINATOR)
@fresh(back=LIST)
def decline(public_id: str) -> ResponseReturnValue:
    """Turn a request down."""
    if PlainForm().validate_on_submit():
        resets.decline(current_session(), signed_in_user(), public_id)
        flash(_("Turned down. The person was told."), "success")
    return redirect(url_for(LIST))
