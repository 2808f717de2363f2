"""Each blueprint declares who may enter it; a test walks every route and holds it to that."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

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


def declare(blueprint: Blueprint, access: Access) -> None:
    """Let only these people in; others are asked to sign in, or find nothing."""
    DECLARED[blueprint.name] = access
    if access is not Access.PUBLIC:
        blueprint.before_request(lambda: _check(access))


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
