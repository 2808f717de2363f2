"""The entries of the header, for whom they are, and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user

from virtual_return.errors import N_
from virtual_return.i18n import gettext

DEFAULT_NAME = "Virtual Return"


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the header needs to know of the person who looks."""

    is_signed_in: bool
    is_coordinator: bool
    is_expert: bool
    is_member: bool

    @property
    def is_new(self) -> bool:
        return self.is_signed_in and not (self.is_expert or self.is_member or self.is_coordinator)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the header."""

    text: str
    href: str
    is_current: bool


Audience = Callable[[Viewer], bool]
ENTRIES: tuple[tuple[str, str, Audience], ...] = (
    ("matches.for_me", N_("Needs for you"), lambda viewer: viewer.is_expert),
    ("needs.browse", N_("All needs"), lambda _: True),
    ("institutions.home", N_("Your institution"), lambda viewer: viewer.is_member or viewer.is_new),
    ("experts.profile", N_("Your profile"), lambda viewer: viewer.is_expert or viewer.is_new),
    ("engagements.index", N_("Engagements"), lambda viewer: viewer.is_expert or viewer.is_member),
    ("coordination.queue", N_("Coordination"), lambda viewer: viewer.is_coordinator),
    ("public.how_it_works", N_("How it works"), lambda viewer: not viewer.is_signed_in),
    ("public.protection", N_("Protection"), lambda viewer: not viewer.is_signed_in),
)


def navigation() -> list[Entry]:
    """Return the header's entries for this person, without those that nothing serves."""
    viewer = _viewer()
    return [
        Entry(gettext(text), url_for(endpoint), _is_current(endpoint))
        for endpoint, text, is_for in ENTRIES
        if endpoint in current_app.view_functions and is_for(viewer)
    ]


def is_signed_in() -> bool:
    """Say whether somebody is signed in."""
    return _viewer().is_signed_in


def link_if_served(endpoint: str, **values: Any) -> str:
    """Return the address of a page, or an empty string where no capability serves it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def programme_name() -> str:
    """Return the name under which this programme runs."""
    settings = getattr(current_app.extensions.get("services"), "settings", None)
    return str(getattr(settings, "programme_name", DEFAULT_NAME))


def _viewer() -> Viewer:
    person = current_user if hasattr(current_app, "login_manager") else None
    if not getattr(person, "is_authenticated", False):
        return Viewer(False, False, False, False)
    return Viewer(
        is_signed_in=True,
        is_coordinator=bool(getattr(person, "is_coordinator", False)),
        is_expert=bool(getattr(person, "has_expert_profile", False)),
        is_member=bool(getattr(person, "has_memberships", False)),
    )


def _is_current(endpoint: str) -> bool:
    return request.endpoint == endpoint
