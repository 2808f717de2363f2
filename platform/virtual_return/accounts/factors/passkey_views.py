"""What the script of passkeys asks for, and where the browser's answers go."""

from __future__ import annotations

from fido2.utils import websafe_decode, websafe_encode
from flask import abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Passkey, User
from virtual_return.accounts import login, people
from virtual_return.accounts.access import Access, fresh, only, signed_in_user
from virtual_return.accounts.devices import device_label
from virtual_return.accounts.factors import challenges, passkeys, step_views
from virtual_return.accounts.factors.challenges import Purpose
from virtual_return.accounts.factors.forms import (
    AddPasskeyForm,
    AnswerForm,
    CodeForm,
    SignInByPasskeyForm,
)
from virtual_return.accounts.factors.passkeys import Refused
from virtual_return.accounts.factors.settings_views import after_adding
from virtual_return.accounts.factors.sites import our_site
from virtual_return.accounts.factors.webauthn import AnswerRefusedError
from virtual_return.accounts.forms import SignInForm
from virtual_return.accounts.landing import after_sign_in
from virtual_return.accounts.merging import requests
from virtual_return.accounts.sessions import Way
from virtual_return.i18n import gettext as _
from virtual_return.security import limiter
from virtual_return.transaction import current_session, keep_changes

# Ties a challenge to the browser that asked for it.
CHALLENGE = "passkey_challenge"


@limiter.limit("300 per hour")
def challenge(purpose: str) -> ResponseReturnValue:
    """Return what the browser is to sign, or to make a passkey from."""
    site = our_site()
    if purpose not in set(Purpose) or not site.is_possible:
        abort(404)
    asked = Purpose(purpose)
    user = _who(asked)
    made = challenges.make(current_session(), asked, user)
    kept = {"challenge": websafe_encode(made), "handle": ""}
    if asked is Purpose.ADD and user is not None:
        handle = passkeys.handle_of(current_session(), user)
        kept["handle"] = passkeys.new_handle(handle)
        options = site.options_to_create(
            made,
            handle=handle,
            name=user.email or "",
            shown=user.name or user.email or "",
            known=passkeys.ids_of(current_session(), user),
        )
    else:
        known = passkeys.ids_of(current_session(), user) if user else None
        options = site.options_to_sign(made, known=known, verified=asked is Purpose.SIGN_IN)
    session[CHALLENGE] = kept
    return jsonify(options)


def _who(purpose: Purpose) -> User | None:
    """Return whose passkey is asked for; whoever may not ask gets no challenge."""
    if purpose is Purpose.SIGN_IN:
        return None
    if purpose is Purpose.SECOND_STEP:
        found = login.half_open()
        return found.user if found is not None else abort(403)
    if purpose is Purpose.MERGE:
        return _other_account()
    proof = login.proof()
    if proof is None or not current_user.is_authenticated:
        abort(403)
    return signed_in_user()


def _other_account() -> User:
    """Return the account that somebody showed to be theirs, and wants to put into this one."""
    proof = login.proof()
    shown = requests.proved(current_session(), signed_in_user()) if proof else None
    return shown.other if shown is not None else abort(403)


@limiter.limit("300 per hour")
def sign_in() -> ResponseReturnValue:
    """Sign in by a passkey alone: the device checked who holds it, so it counts as both."""
    form = SignInByPasskeyForm()
    used = use_answer(form, Purpose.SIGN_IN, None)
    if isinstance(used, Refused):
        return _sign_in_failed(used)
    user = current_session().get_one(User, used.user_id)
    people.require_active(user)
    people.record_sign_in(current_session(), user, "passkey")
    login.enter(
        user,
        device=device_label(request.user_agent.string),
        is_shared=bool(form.is_shared.data),
        way=Way.PASSKEY,
        both_factors=True,
    )
    return redirect(after_sign_in(user, step_views.wanted_path(), is_new=False))


def _sign_in_failed(refused: Refused) -> ResponseReturnValue:
    page = render_template(
        "accounts/factors/passkey_trouble.html",
        why=why(refused),
        form=SignInForm(formdata=None, next=step_views.wanted_path()),
    )
    return page, 422


def second_step() -> ResponseReturnValue:
    """Take a passkey as the second factor."""
    found, wanted = login.half_open(), step_views.wanted_path()
    if found is None:
        return redirect(url_for("accounts.sign_in", next=wanted or None))
    used = use_answer(AnswerForm(), Purpose.SECOND_STEP, found.user)
    if isinstance(used, Refused):
        form = CodeForm(formdata=None, next=wanted)
        return step_views.second_step_page(found.user, form, wanted, why(used)), 422
    step_views.record_shown(found.user, "passkey")
    return step_views.enter_fully(found.user, wanted)


@only(Access.SIGNED_IN)
def prove_again() -> ResponseReturnValue:
    """Take a passkey as fresh proof."""
    user, wanted = signed_in_user(), step_views.wanted_path()
    used = use_answer(AnswerForm(), Purpose.AGAIN, user)
    if isinstance(used, Refused):
        form = CodeForm(formdata=None, next=wanted)
        return step_views.prove_again_page(user, form, wanted, why(used)), 422
    step_views.record_shown(user, "passkey")
    return step_views.go_on(wanted)


@only(Access.SIGNED_IN)
@fresh(back="accounts.factors")
def add() -> ResponseReturnValue:
    """Keep a new passkey."""
    user, form = signed_in_user(), AddPasskeyForm()
    kept = session.get(CHALLENGE) or {}
    waiting = _take(Purpose.ADD, user)
    if waiting is None or not form.validate_on_submit():
        return _not_added()
    label = " ".join((form.label.data or "").split()) or device_label(request.user_agent.string)
    try:
        passkeys.add(
            current_session(),
            user,
            our_site(),
            challenge=waiting,
            handle=str(kept.get("handle", "")),
            answer=form.answer.data or "",
            label=label[:60],
        )
    except AnswerRefusedError:
        passkeys.refuse(current_session(), Refused("not_made", user.id))
        return _not_added()
    return after_adding(user, _("The passkey was added."))


def _not_added() -> ResponseReturnValue:
    keep_changes()
    flash(_("The passkey was not added: the browser's answer did not fit. Try again."), "error")
    return redirect(url_for("accounts.factors"))


def use_answer(form: AnswerForm, purpose: Purpose, user: User | None) -> Passkey | Refused:
    """Check an answer once; what is refused is written down although the page is an error."""
    waiting = _take(purpose, user)
    if waiting is None:
        used: Passkey | Refused = Refused("no_challenge", user.id if user else None)
    elif not form.validate_on_submit():
        used = Refused("malformed", user.id if user else None)
    else:
        used = passkeys.use(
            current_session(),
            our_site(),
            challenge=waiting,
            answer=form.answer.data or "",
            user=user,
            verified=purpose is Purpose.SIGN_IN,
        )
    if isinstance(used, Refused):
        passkeys.refuse(current_session(), used)
        keep_changes()
    return used


def _take(purpose: Purpose, user: User | None) -> bytes | None:
    """Use the challenge of this browser up, whatever comes of it."""
    kept = session.pop(CHALLENGE, None)
    if not isinstance(kept, dict):
        return None
    waiting = websafe_decode(str(kept.get("challenge", "")))
    return waiting if challenges.take(current_session(), waiting, purpose, user) else None


def why(refused: Refused) -> str:
    if refused.cause in {"counter_went_back", "refused_before"}:
        return _(
            "This passkey seems to have been copied, so it opens nothing any more. Use another "
            "way, then remove it on the page of your second factors."
        )
    if refused.cause == "no_challenge":
        return _("This took too long, or was sent twice. Try again.")
    return _("This passkey does not open an account here. Try another one, or another way.")
