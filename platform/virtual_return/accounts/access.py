"""Each blueprint declares who may enter it; a test walks every route and holds it to that."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, cast

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import User
from virtual_return.accounts import login
from virtual_return.accounts.factors.holding import must_have
from virtual_return.policy import programme
from virtual_return.transaction import current_session

# For how long a sign-in is fresh enough for dangerous acts.
FRESH_MINUTES = 10


class Access(StrEnum):
    """Who may enter a whole blueprint; views and operations look closer."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    # Signed in, and with a second factor where a role asks for one: pages that name people.
    NAMES = "names"
    COORDINATOR = "coordinator"


DECLARED: dict[str, Access] = {}
Arguments = ParamSpec("Arguments")
View = Callable[Arguments, ResponseReturnValue]


def declare(blueprint: Blueprint, access: Access) -> None:
    """Let only these people in; others are asked to sign in, or find nothing."""
    DECLARED[blueprint.name] = access
    if access is not Access.PUBLIC:
        blueprint.before_request(lambda: _check(access))


def only(access: Access) -> Callable[[View[Arguments]], View[Arguments]]:
    """Let only these people into one view of a blueprint that is open to more."""

    def guard(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
            refusal = _check(access)
            return refusal if refusal is not None else view(*args, **kwargs)

        # For the test that walks every route.
        guarded.__dict__["access"] = access
        return guarded

    return guard


def fresh(
    minutes: int = FRESH_MINUTES, *, back: str = ""
) -> Callable[[View[Arguments]], View[Arguments]]:
    """Let only people in who proved within these minutes who they are; place it below `only`.

    `back` names the endpoint to come back to, where a form is sent to an address of its own.
    """

    def guard(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
            refusal = require_fresh(minutes, back=back)
            return refusal if refusal is not None else view(*args, **kwargs)

        return guarded

    return guard


def require_fresh(minutes: int = FRESH_MINUTES, *, back: str = "") -> ResponseReturnValue | None:
    """Return nothing if somebody has just proved who they are, else the way to the page for it.

    The page leads back here, by GET; a form that was sent is filled in again.
    """
    proof = login.proof()
    if proof is not None and proof.is_fresh(minutes):
        return None
    return redirect(url_for("accounts.prove_again", next=url_for(back) if back else _here()))


def require_second_factor() -> ResponseReturnValue | None:
    """Return nothing unless a role asks for a second factor that was not shown; else the way on.

    Call it before a page that names people, where the whole view is not `Access.NAMES`.
    """
    proof = login.proof()
    if proof is None or proof.has_second_factor:
        return None
    if not must_have(current_session(), signed_in_user()):
        return None
    return redirect(url_for("accounts.factors", next=_here()))


def _check(access: Access) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        page = "accounts.second_step" if login.half_open() else "accounts.sign_in"
        return redirect(url_for(page, next=_here()))
    if access is Access.COORDINATOR and not programme.coordinate(signed_in_user()):
        abort(404)
    if access in {Access.COORDINATOR, Access.NAMES}:
        return require_second_factor()
    return None


def _here() -> str:
    if request.method == "GET":
        return request.full_path.rstrip("?")
    # What was sent cannot be sent again by itself; its page can be opened again.
    opens = "GET" in ((request.url_rule.methods if request.url_rule else None) or ())
    return request.path if opens else "/"


def signed_in_user() -> User:
    """Return the account behind this request; only for blueprints that let nobody else in."""
    if not current_user.is_authenticated:
        abort(401)
    return cast(User, current_user._get_current_object())
