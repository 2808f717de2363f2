"""The guided way through a profile: its steps, and what one more answer would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models import Expert
from models.choices import Visibility
from virtual_return.errors import N_
from virtual_return.experts import anonymity
from virtual_return.i18n import gettext

MOST_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the way, under the endpoint that serves it."""

    endpoint: str
    title: str
    is_done: Callable[[Expert], bool]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is worth adding next, and what it would change."""

    text: str
    endpoint: str


STEPS = (
    Step("experts.step_about", N_("About you"), lambda expert: bool(expert.headline)),
    Step("experts.step_evidence", N_("What you did"), lambda expert: bool(expert.evidence)),
    Step("experts.step_skills", N_("Skills"), lambda expert: bool(expert.skills)),
    Step("experts.step_languages", N_("Languages and ties"), lambda expert: bool(expert.languages)),
    Step(
        "experts.step_availability",
        N_("Time and terms"),
        lambda expert: bool(expert.modes and expert.hours_per_week),
    ),
    Step(
        "experts.step_qualifications",
        N_("Qualifications"),
        lambda expert: bool(expert.qualifications),
    ),
    Step("experts.preview", N_("What others see"), anonymity.is_worded),
    Step(
        "experts.visibility",
        N_("Who finds you"),
        lambda expert: expert.visibility != Visibility.HIDDEN,
    ),
)


def titles(expert: Expert, current: str = "") -> list[tuple[str, str, str]]:
    """Return (title, endpoint, state) of every step, as the stepper takes them."""
    return [
        (
            gettext(step.title),
            step.endpoint,
            "current"
            if step.endpoint == current
            else ("done" if step.is_done(expert) else "ahead"),
        )
        for step in STEPS
    ]


def _state(step: Step, expert: Expert, current: str) -> str:
    if step.endpoint == current:
        return "current"
    return "done" if step.is_done(expert) else "ahead"


def after(endpoint: str) -> str:
    """Return the endpoint of the next step, or of the overview after the last."""
    places = [step.endpoint for step in STEPS]
    place = places.index(endpoint) + 1
    return places[place] if place < len(places) else "experts.profile"


def suggestions(expert: Expert) -> list[Suggestion]:
    """Return what would change most, in words: nobody is told a percentage."""
    found = [
        Suggestion(gettext(text), endpoint)
        for is_missing, text, endpoint in _MISSING
        if is_missing(expert)
    ]
    return found[:MOST_SUGGESTIONS]


# What matching and the people who read most need stands first.
_MISSING: tuple[tuple[Callable[[Expert], bool], str, str], ...] = (
    (
        lambda expert: not expert.evidence,
        N_("Add one thing that you did. Without any, no need can be compared with your work."),
        "experts.step_evidence",
    ),
    (
        lambda expert: not expert.languages,
        N_("Say which languages you can work in. Needs that demand one leave you out until then."),
        "experts.step_languages",
    ),
    (
        lambda expert: not expert.headline,
        N_("Write a headline. It is the first line that an institution reads."),
        "experts.step_about",
    ),
    (
        lambda expert: not expert.modes,
        N_("Say whether you work remotely or on site. It decides which needs can fit."),
        "experts.step_availability",
    ),
    (
        lambda expert: bool(anonymity.waiting(expert)),
        N_("Read and approve how your texts are shown. Until then they are compared, not quoted."),
        "experts.preview",
    ),
    (
        lambda expert: expert.visibility == Visibility.HIDDEN,
        N_("Choose who may find you. Now nobody can, and nobody can ask you."),
        "experts.visibility",
    ),
    (
        lambda expert: not expert.skills,
        N_("Name your skills. A need then shows which of its own you cover."),
        "experts.step_skills",
    ),
    (
        lambda expert: not expert.hours_per_week,
        N_("Say how many hours a week you can spare, so that nobody asks for more."),
        "experts.step_availability",
    ),
    (
        lambda expert: not expert.time_zone,
        N_("Choose your time zone, so that meetings can be at a humane hour."),
        "experts.step_about",
    ),
    (
        lambda expert: not expert.user.name,
        N_("Add your name in your settings. It is shown only after both sides said yes."),
        "accounts.settings",
    ),
)
