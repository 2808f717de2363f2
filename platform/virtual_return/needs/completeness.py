"""What a brief still lacks before it can be submitted, each with the step that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models import CountryStatus, Need
from models.choices import EngagementKind, Mode, Money
from virtual_return.i18n import gettext as _
from virtual_return.needs import countries

GROUPS = frozenset({"kind", "mode", "money", "local_availability"})
LONGEST_WEEKS = {EngagementKind.REMOTE_TASK: 12, EngagementKind.VISIT: 13}


class Step(StrEnum):
    """The four short steps of the brief."""

    WHAT = "what"
    WHO = "who"
    HOW = "how"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing or does not fit, and where to mend it."""

    step: Step
    field: str
    message: str

    @property
    def anchor(self) -> str:
        """Return the id of the control: groups are reached by their first one."""
        if self.field == "languages":
            return "languages-0-language"
        return f"{self.field}-0" if self.field in GROUPS else self.field


def gaps(need: Need, status: CountryStatus | None, today: date) -> list[Gap]:
    """Return everything that keeps a brief from being submitted, in the order of the form."""
    return [
        *_gaps_in_what(need),
        *_gaps_in_who(need),
        *_gaps_in_how(need, status),
        *_gaps_in_dates(need, today),
        *_gaps_in_local(need),
    ]


def _gaps_in_what(need: Need) -> Iterator[Gap]:
    required = (
        ("title", need.title, _("Give the need a title that says what should happen.")),
        ("kind", need.kind, _("Choose the one kind of engagement that you need.")),
        ("field_of_study", need.field_of_study, _("Choose the field of study.")),
        ("task", need.task, _("Describe the task.")),
        ("deliverable", need.deliverable, _("Say what will be there at the end.")),
        ("who_learns", need.who_learns, _("Say who at your institution learns from it.")),
    )
    for name, value, message in required:
        if not value:
            yield Gap(Step.WHAT, name, message)


def _gaps_in_who(need: Need) -> Iterator[Gap]:
    if not need.skills:
        yield Gap(Step.WHO, "must_have", _("Name at least one skill that the person must have."))
    if not need.languages:
        yield Gap(Step.WHO, "languages", _("Name at least one language to work in."))


def _gaps_in_how(need: Need, status: CountryStatus | None) -> Iterator[Gap]:
    if countries.involves_travel(need) and status and not countries.allows_travel(status):
        yield Gap(Step.HOW, "mode", countries.explain(status))
    elif need.kind == EngagementKind.VISIT and need.mode != Mode.ON_SITE:
        yield Gap(Step.HOW, "mode", _("A short visit is on site: choose that, or another kind."))
    elif need.kind == EngagementKind.MIXED and need.mode != Mode.MIXED:
        yield Gap(Step.HOW, "mode", _("You chose a mix of remote work and a visit: choose both."))
    if not need.hours_per_week:
        yield Gap(Step.HOW, "hours_per_week", _("Say how many hours a week it takes."))
    yield from _gaps_in_weeks(need)
    if not need.counterpart_name:
        yield Gap(Step.HOW, "counterpart_name", _("Name the person who works with the expert."))
    if need.money is None:
        yield Gap(Step.HOW, "money", _("Say whether it is paid, so that nobody has to ask."))
    elif need.money != Money.UNPAID and not need.money_payer:
        yield Gap(Step.HOW, "money_payer", _("Say who pays."))


def _gaps_in_weeks(need: Need) -> Iterator[Gap]:
    longest = LONGEST_WEEKS.get(need.kind) if need.kind else None
    if not need.weeks:
        yield Gap(Step.HOW, "weeks", _("Say how many weeks it takes."))
    elif longest and need.weeks > longest:
        message = _("This kind of engagement lasts %(count)s weeks at most.", count=longest)
        yield Gap(Step.HOW, "weeks", message)


def _gaps_in_dates(need: Need, today: date) -> Iterator[Gap]:
    start, end, latest = need.window_start, need.window_end, need.latest_start
    if end and end < today:
        yield Gap(Step.HOW, "window_end", _("The time in which it should happen is over."))
    if start and end and end < start:
        yield Gap(Step.HOW, "window_end", _("The last day lies before the first day."))
    if latest and ((start and latest < start) or (end and latest > end)):
        message = _("The latest start lies outside the time in which it should happen.")
        yield Gap(Step.HOW, "latest_start", message)


def _gaps_in_local(need: Need) -> Iterator[Gap]:
    if need.local_availability is None:
        message = _("Say whether this expertise is available locally.")
        yield Gap(Step.LOCAL, "local_availability", message)
    if not need.local_search:
        yield Gap(Step.LOCAL, "local_search", _("Say how you looked for it locally."))
    if countries.involves_travel(need) and not need.security_note:
        message = _("Write a security note, since somebody would travel.")
        yield Gap(Step.LOCAL, "security_note", message)
