"""Pages of taking one's data along, and of leaving without a trace."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from virtual_return.accounts import cooling_off, erasure, exports, leaving, login, operations
from virtual_return.accounts.access import Access, fresh, only, signed_in_user
from virtual_return.accounts.forms import EraseForm
from virtual_return.accounts.receipt_words import word_for
from virtual_return.services import services
from virtual_return.transaction import current_session


@only(Access.SIGNED_IN)
def export() -> ResponseReturnValue:
    """Hand over everything that we keep about somebody."""
    document = exports.collect(current_session(), signed_in_user())
    response = Response(exports.to_json(document), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="virtual-return-export.json"'
    return response


@only(Access.SIGNED_IN)
@fresh()
def erase() -> ResponseReturnValue:
    """Ask once more, then erase, now with a receipt as the answer, or after time to think."""
    user, session = signed_in_user(), current_session()
    form = EraseForm()
    if form.validate_on_submit() and form.days.data:
        cooling_off.begin(session, user, form.days.data)
        return redirect(url_for("accounts.settings"))
    if form.validate_on_submit():
        receipt = operations.erase(session, user, user)
        login.leave()
        signed = receipt.signed(services().settings.secret_key)
        response = make_response(redirect(url_for("accounts.erased", receipt=signed)))
        response.headers["Clear-Site-Data"] = login.CLEAR_SITE_DATA
        return response
    page = render_template(
        "accounts/erase.html", form=form, left_alone=leaving.left_alone(session, user)
    )
    return page, 422 if form.errors else 200


def erased(receipt: str) -> ResponseReturnValue:
    """Show a receipt to whoever holds it; it says nothing about whose account it was."""
    read = erasure.read_receipt(services().settings.secret_key, receipt)
    lines = [(word_for(kind), count) for kind, count in sorted(read.counts.items())]
    return render_template("accounts/erased.html", receipt=read, signed=receipt, lines=lines)
