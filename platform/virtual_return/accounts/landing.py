"""Where somebody goes after signing in."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for

from models import User
from virtual_return.accounts import login, pending
from virtual_return.security import safe_path
from virtual_return.templating.navigation import link_if_served

# The first that fits somebody, and that something serves.
HOMES: tuple[tuple[str, Callable[[User], bool]], ...] = (
    ("coordination.queue", lambda user: user.is_coordinator),
    ("institutions.home", lambda user: user.has_memberships),
    ("matches.for_me", lambda user: user.has_expert_profile),
)


def after_sign_in(user: User, next_path: str, *, is_new: bool) -> str:
    """Return the page that was asked for, else one's home; new people choose what they came for.

    Whoever has a second factor and did not show it yet goes there first.
    """
    wanted = safe_path(next_path, "")
    if login.half_open():
        return url_for("accounts.second_step", next=wanted or None)
    if pending.look():
        return url_for("accounts.link_identity", next=wanted or None)
    if is_new:
        return url_for("accounts.welcome", next=wanted or None)
    return wanted or home_of(user) or url_for("accounts.welcome")


def home_of(user: User) -> str:
    """Return the page where somebody's work is, or an empty string for somebody without any."""
    for endpoint, fits in HOMES:
        address = link_if_served(endpoint)
        if address and fits(user):
            return address
    return ""
