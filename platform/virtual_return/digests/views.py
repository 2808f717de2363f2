"""Choose how often to hear, and leave a list with one click."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models.choices import DigestList, Frequency
from virtual_return.accounts.access import signed_in_user
from virtual_return.digests import preferences as wishes
from virtual_return.digests.forms import LIST_NAMES, PreferencesForm
from virtual_return.errors import NotFound
from virtual_return.i18n import gettext as _
from virtual_return.security import SignatureError
from virtual_return.services import services
from virtual_return.transaction import current_session


def preferences() -> ResponseReturnValue:
    """Show and keep how often each list may come."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=request.path))
    user, session = signed_in_user(), current_session()
    current = {which.value: wishes.frequency(session, user.id, which).value for which in DigestList}
    form = PreferencesForm(data=current)
    if form.validate_on_submit():
        for which in DigestList:
            wishes.choose(session, user, which, Frequency(form[which.value].data))
        flash(_("Saved."))
        return redirect(url_for("digests.preferences"))
    return render_template("digests/preferences.html", form=form), 422 if form.errors else 200


def leave(token: str) -> ResponseReturnValue:
    """Unsubscribe one list: a page with one button, or one POST by a mail program.

    Opening the address changes nothing, since mail scanners open every link.
    """
    session = current_session()
    try:
        user, which = wishes.read_token(session, services().settings.secret_key, token)
    except SignatureError as error:
        raise NotFound(
            _("This address is incomplete. Open it from the newest message, or sign in.")
        ) from error
    left = request.method == "POST"
    if left:
        wishes.choose(session, user, which, Frequency.NEVER)
    return render_template(
        "digests/leave.html", list_name=LIST_NAMES[which], left=left, token=token
    )
