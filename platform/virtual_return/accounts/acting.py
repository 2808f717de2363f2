"""Who acts in this request, for the rules of `policy`, in Python and in templates."""

from __future__ import annotations

from typing import Any, cast

from flask_login import current_user

from models import User
from virtual_return.accounts import login
from virtual_return.policy import Actor, decide


def actor() -> Actor:
    """Return whoever sent this request, with what the session has shown."""
    if not current_user.is_authenticated:
        return Actor()
    proof = login.proof()
    user = cast(User, current_user._get_current_object())
    return Actor(user, has_second_factor=proof is not None and proof.has_second_factor)


def may(name: str, *things: Any) -> bool:
    """Say whether the reader of a page may do this: `may("need.edit", need)`."""
    return bool(decide(actor(), name, *things))
