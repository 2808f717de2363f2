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


class Access(StrEnum):
    """Who may enter a whole blueprint; views and operations look closer."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
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


def _check(access: Access) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=_here()))
    if access is Access.COORDINATOR and not current_user.is_coordinator:
        abort(404)
    return None


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def signed_in_user() -> User:
    """Return the account behind this request; only for blueprints that let nobody else in."""
    if not current_user.is_authenticated:
        abort(401)
    return cast(User, current_user._get_current_object())
