"""Buttons of going away and of coming back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from virtual_return.accounts import pausing
from virtual_return.accounts.access import Access, only, signed_in_user
from virtual_return.i18n import gettext as _
from virtual_return.transaction import current_session


@only(Access.SIGNED_IN)
def pause() -> ResponseReturnValue:
    """Hide the account; the notice on every page brings it back."""
    pausing.pause(current_session(), signed_in_user())
    return redirect(url_for("accounts.settings"))


@only(Access.SIGNED_IN)
def come_back() -> ResponseReturnValue:
    """End the pause, or take the erasure back."""
    pausing.come_back(current_session(), signed_in_user())
    flash(_("Welcome back. Everything is as you left it."), "success")
    return redirect(url_for("accounts.settings"))
