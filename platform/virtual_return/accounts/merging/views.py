"""Pages on which somebody puts another account of theirs into the one that is open."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import User
from virtual_return.accounts import login
from virtual_return.accounts.access import Access, fresh, only, signed_in_user
from virtual_return.accounts.factors import app_codes, passkey_views, passkeys, step_views
from virtual_return.accounts.factors.challenges import Purpose
from virtual_return.accounts.factors.forms import AnswerForm, CodeForm
from virtual_return.accounts.factors.passkeys import Refused
from virtual_return.accounts.factors.sites import our_site
from virtual_return.accounts.forms import PlainForm
from virtual_return.accounts.limits import address_key, sign_in_limit
from virtual_return.accounts.merging import operations, preview, requests
from virtual_return.accounts.merging.forms import OTHER, MergeForm, OtherAddressForm
from virtual_return.accounts.merging.operations import Choices
from virtual_return.accounts.merging.requests import Proved
from virtual_return.accounts.providers import trusted
from virtual_return.i18n import gettext as _
from virtual_return.i18n import locale_code
from virtual_return.security import limiter
from virtual_return.services import services
from virtual_return.transaction import audited_refusal, current_session

LONGEST_TOKEN = 100
HOME = "accounts.merge"
CONFIRM = "accounts.merge_confirm"


@limiter.limit(sign_in_limit, methods=["POST"])
@limiter.limit(sign_in_limit, key_func=address_key, methods=["POST"])
@only(Access.SIGNED_IN)
@fresh()
def begin() -> ResponseReturnValue:
    """Ask how somebody wants to show that another account is theirs."""
    user, session, form = signed_in_user(), current_session(), OtherAddressForm()
    if form.validate_on_submit():
        with _refusal_noted(user):
            requests.ask(session, user, form.address, locale=locale_code())
        flash(
            _("We sent a link to that address. Open it in this browser; it works for 30 minutes."),
            "success",
        )
        return redirect(url_for(HOME))
    page = render_template(
        "accounts/merging/begin.html",
        form=form,
        email=user.email,
        proved=requests.proved(session, user),
        providers=trusted.enabled(session, services().settings),
    )
    return page, 422 if form.errors else 200


@only(Access.SIGNED_IN)
@fresh()
def prove(token: str) -> ResponseReturnValue:
    """Take a mailed link: shown first, as programs that scan mail open links too."""
    user, session, form = signed_in_user(), current_session(), PlainForm()
    token = token[:LONGEST_TOKEN]
    if form.validate_on_submit():
        with _refusal_noted(user):
            requests.prove_by_link(session, user, token)
        return redirect(url_for(CONFIRM))
    if not requests.waits(session, user, token):
        with _refusal_noted(user):
            raise requests.over()
    return render_template("accounts/merging/prove.html", form=form, email=user.email)


@only(Access.SIGNED_IN)
@fresh(back=HOME)
def show_factor() -> ResponseReturnValue:
    """Ask for the second factor of the other account."""
    user, session = signed_in_user(), current_session()
    shown = requests.proved(session, user)
    if shown is None or not shown.needs_second_factor:
        return redirect(url_for(CONFIRM if shown else HOME))
    form = CodeForm()
    if form.validate_on_submit() and step_views.is_right(shown.other, form):
        requests.note_second_factor(session, user, way="code")
        return redirect(url_for(CONFIRM))
    return _factor_page(shown, form), 422 if form.errors else 200


@only(Access.SIGNED_IN)
@fresh(back=HOME)
def show_passkey() -> ResponseReturnValue:
    """Take a passkey of the other account as its second factor."""
    user, session = signed_in_user(), current_session()
    shown = requests.proved(session, user)
    if shown is None or not shown.needs_second_factor:
        return redirect(url_for(CONFIRM if shown else HOME))
    used = passkey_views.use_answer(AnswerForm(), Purpose.MERGE, shown.other)
    if isinstance(used, Refused):
        return _factor_page(shown, CodeForm(formdata=None), passkey_views.why(used)), 422
    requests.note_second_factor(session, user, way="passkey")
    return redirect(url_for(CONFIRM))


def _factor_page(shown: Proved, form: CodeForm, failed: str = "") -> str:
    session = current_session()
    return render_template(
        "accounts/merging/factor.html",
        form=form,
        failed=failed,
        other=shown.other,
        has_passkey=bool(passkeys.ids_of(session, shown.other)),
        has_app=app_codes.of(session, shown.other) is not None,
        site=our_site(),
    )


@only(Access.SIGNED_IN)
@fresh(back=HOME)
def confirm() -> ResponseReturnValue:
    """Say what moves, ask what stays where only one can, and do it."""
    user, session = signed_in_user(), current_session()
    shown = requests.proved(session, user)
    if shown is None:
        flash(_("Show first that the other account is yours; that holds for 30 minutes."), "info")
        return redirect(url_for(HOME))
    if shown.needs_second_factor:
        return redirect(url_for("accounts.merge_factor"))
    form = MergeForm()
    form.offer(user, shown.other)
    if form.validate_on_submit():
        return _merge(user, _choices(form, user))
    found = preview.of(session, operations.plan(session, user, shown.other, Choices()))
    page = render_template(
        "accounts/merging/confirm.html", form=form, user=user, other=shown.other, preview=found
    )
    return page, 422 if form.errors else 200


def _merge(user: User, choices: Choices) -> ResponseReturnValue:
    session = current_session()
    # Of the account that stays, or of the one that goes: this browser showed both.
    proof = login.proof()
    both = requests.showed_second_factor(session, user) or bool(proof and proof.has_second_factor)
    with _refusal_noted(user):
        operations.merge(session, user, choices, keep_token=login.current_token())
    login.prove_again(second_factor=both)
    flash(_("The two accounts are one now. You are signed out on all other browsers."), "success")
    return redirect(url_for("accounts.settings"))


def _choices(form: MergeForm, user: User) -> Choices:
    def is_other(name: str) -> bool:
        return name in form and form[name].data == OTHER

    return Choices(
        other_email=is_other("email"),
        other_name=is_other("name") or not user.name,
        other_profile=is_other("profile"),
    )


@only(Access.SIGNED_IN)
def leave() -> ResponseReturnValue:
    """Let the two accounts be two."""
    if PlainForm().validate_on_submit():
        requests.leave(current_session(), signed_in_user())
        flash(_("The two accounts stay as they are."), "success")
    return redirect(url_for("accounts.settings"))


def _refusal_noted(user: User) -> AbstractContextManager[None]:
    return audited_refusal(
        "account.merge_refused", actor_id=user.id, object_kind="user", object_id=user.id
    )
