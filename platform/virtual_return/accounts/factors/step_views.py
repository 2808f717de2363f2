"""Pages of the second step of a sign-in, and of proving once more who one is."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from models import User, now
from virtual_return import audit
from virtual_return.accounts import login
from virtual_return.accounts.access import Access, only, signed_in_user
from virtual_return.accounts.factors import app_codes, codes, holding, passkeys, resets
from virtual_return.accounts.factors.codes import Checked
from virtual_return.accounts.factors.forms import CodeForm
from virtual_return.accounts.factors.sites import our_site
from virtual_return.accounts.forms import PlainForm
from virtual_return.accounts.landing import after_sign_in
from virtual_return.accounts.sessions import HALF_OPEN_LIMIT, Way
from virtual_return.i18n import gettext as _
from virtual_return.i18n import ngettext
from virtual_return.security import safe_path
from virtual_return.services import services
from virtual_return.transaction import current_session, keep_changes


def second_step() -> ResponseReturnValue:
    """Ask for the second factor of somebody who showed the first."""
    found, wanted = login.half_open(), wanted_path()
    if found is None:
        return redirect(url_for("accounts.sign_in", next=wanted or None))
    form = CodeForm(next=wanted)
    if form.validate_on_submit() and is_right(found.user, form):
        return enter_fully(found.user, wanted)
    return second_step_page(found.user, form, wanted), 422 if form.errors else 200


def second_step_page(user: User, form: CodeForm, wanted: str, failed: str = "") -> str:
    """Return the page; `failed` says what went wrong with a passkey."""
    session = current_session()
    reset = resets.of(session, user)
    return render_template(
        "accounts/factors/second_step.html",
        form=form,
        failed=failed,
        next_path=wanted,
        has_passkey=bool(passkeys.ids_of(session, user)),
        has_app=app_codes.of(session, user) is not None,
        site=our_site(),
        reset=reset,
        may_finish=bool(reset and reset.opens_at and reset.opens_at <= now()),
    )


def enter_fully(user: User, wanted: str) -> ResponseReturnValue:
    """Let somebody in who has shown both factors; whoever found one again has lost none."""
    resets.cancel(current_session(), user)
    login.prove_again(second_factor=True)
    return redirect(after_sign_in(user, wanted, is_new=False))


@only(Access.SIGNED_IN)
def prove_again() -> ResponseReturnValue:
    """Ask somebody who is signed in to prove once more who they are."""
    user, wanted = signed_in_user(), wanted_path()
    form = CodeForm(next=wanted)
    if form.validate_on_submit() and is_right(user, form):
        return go_on(wanted)
    return prove_again_page(user, form, wanted), 422 if form.errors else 200


def prove_again_page(user: User, form: CodeForm, wanted: str, failed: str = "") -> str:
    """Return the page; `failed` says what went wrong with a passkey."""
    session, proof = current_session(), login.proof()
    return render_template(
        "accounts/factors/prove_again.html",
        is_play=bool(proof and proof.way == Way.DEMONSTRATION),
        form=form,
        failed=failed,
        next_path=wanted,
        email=user.email,
        has_passkey=bool(passkeys.ids_of(session, user)),
        has_any=holding.has_any(session, user),
        site=our_site(),
    )


def go_on(wanted: str) -> ResponseReturnValue:
    """Go back to where somebody was asked, in a session with a new secret."""
    login.prove_again(second_factor=True)
    return redirect(wanted or url_for("accounts.settings"))


def lost() -> ResponseReturnValue:
    """Ask for a coordinator's word, once every second factor is lost."""
    user = _just_entered()
    if user is None:
        return redirect(url_for("accounts.sign_in"))
    if PlainForm().validate_on_submit():
        resets.ask(current_session(), user)
        flash(_("Programme staff have been asked to vouch for you. We also wrote to you."), "info")
        return redirect(url_for("accounts.second_step"))
    return render_template("accounts/factors/lost.html", reset=resets.of(current_session(), user))


def finish_reset() -> ResponseReturnValue:
    """Begin anew without factors, after somebody vouched and a day has passed."""
    user = _just_entered()
    if user is None or not PlainForm().validate_on_submit():
        return redirect(url_for("accounts.sign_in"))
    resets.finish(current_session(), user, keep_token=login.current_token())
    login.rotate()
    flash(_("All lost factors are gone. Set up a new one now."), "success")
    return redirect(url_for("accounts.factors"))


def wanted_path() -> str:
    """Return where somebody was on the way to: a path of this site, or nothing."""
    return safe_path(request.values.get("next"), "")


def _just_entered() -> User | None:
    """Return who showed the first factor a moment ago, not on this browser some day."""
    found = login.half_open()
    minutes = int(HALF_OPEN_LIMIT.total_seconds() // 60)
    return found.user if found is not None and found.proof.is_fresh(minutes) else None


def is_right(user: User, form: CodeForm) -> bool:
    """Check the code; a wrong one is counted although the page is an error."""
    session = current_session()
    key = services().settings.secret_key
    checked = codes.check(session, user, form.code.data or "", secret_key=key)
    if checked.is_right:
        record_shown(user, checked.kind)
        return True
    keep_changes()
    form.code.errors = [_why(checked)]
    return False


def record_shown(user: User, kind: str) -> None:
    """Write into the audit trail which second factor somebody showed."""
    audit.record(
        current_session(),
        "account.second_factor_shown",
        actor_id=user.id,
        object_kind="user",
        object_id=user.id,
        way=kind,
    )


def _why(checked: Checked) -> str:
    if checked.locked_until is not None:
        minutes = max(1, round((checked.locked_until - now()).total_seconds() / 60))
        return ngettext(
            "That was wrong too often. Try again in one minute, at %(time)s.",
            "That was wrong too often. Try again in %(num)d minutes, at %(time)s.",
            minutes,
            time=format_time(checked.locked_until, "short"),
        )
    if checked.kind == "one_time_code":
        return _(
            "This code is wrong, too old, or was used before. Wait for the next one in your app; "
            "if that fails too, set the clock of your phone to automatic."
        )
    return _("This is neither a code from an app nor a recovery code that still works.")
