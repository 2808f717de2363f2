"""Put measured fairness into words: the same lines for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, format_percent

from virtual_return.coordination.cells import MINIMUM, Cell
from virtual_return.coordination.exposure import UNSEEN_DAYS, Fairness
from virtual_return.i18n import gettext as _
from virtual_return.reference.regions import region_name
from virtual_return.templating.filters import country, day, language, number


@dataclass(frozen=True, slots=True)
class Row:
    """One group: its people, the two shares from 0 to 1, and both in words."""

    label: str
    people: int
    people_share: float
    attention_share: float

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the line of a table, in the order of `headings`."""
        ratio = self.attention_share / self.people_share if self.people_share else 0.0
        return (
            self.label,
            number(self.people),
            percent(self.people_share),
            percent(self.attention_share),
            str(format_decimal(round(ratio, 2), "0.00")),
        )


@dataclass(frozen=True, slots=True)
class Section:
    """One way of grouping people."""

    id: str
    title: str
    rows: tuple[Row, ...]


def percent(share: float) -> str:
    return str(format_percent(round(share, 3), "0.0%"))


def title() -> str:
    return _("How evenly people are shown")


def headings() -> tuple[str, ...]:
    """Return what the columns of a group are called."""
    return (
        _("Group"),
        _("People"),
        _("Share of people"),
        _("Share of attention"),
        _("Attention per person (average: 1)"),
    )


def period(found: Fairness) -> str:
    return _("From %(since)s to %(until)s.", since=day(found.since), until=day(found.made_on))


def notes(found: Fairness) -> list[str]:
    """Return what a reader must know before reading the figures."""
    if found.people is None:
        return [
            _(
                "Fewer than %(minimum)s people can be found. Any figure would speak of somebody, "
                "so none is given.",
                minimum=MINIMUM,
            )
        ]
    lines = [
        _(
            "Attention falls with the rank at which somebody stood. Equal shares are not the aim, "
            "since needs differ; a group far from its share is a reason to look why."
        ),
        _(
            "Groups of fewer than %(minimum)s people are taken together, so that nobody can be "
            "recognised.",
            minimum=MINIMUM,
        ),
    ]
    if not found.times_shown:
        lines.append(_("Nothing was shown in this time."))
    if found.log_begins and found.log_begins > found.since:
        lines.append(
            _(
                "The log begins on %(day)s; before that nothing was counted.",
                day=day(found.log_begins),
            )
        )
    return lines


def totals(found: Fairness) -> list[tuple[str, str]]:
    """Return figures about everybody: what each is, and its value."""
    if found.people is None:
        return []
    unseen = (
        _("Not told: it would speak of fewer than %(minimum)s people.", minimum=MINIMUM)
        if found.unseen_percent is None
        else str(format_percent(found.unseen_percent / 100, "0%"))
    )
    figures = [
        (_("People who can be found"), number(found.people)),
        (_("Times they were shown to institutions"), number(found.times_shown)),
        (_("Never shown in %(days)s days", days=UNSEEN_DAYS), unseen),
    ]
    if found.gini is not None:
        explained = _("0 means that all get the same; near 1, few get nearly everything.")
        value = str(format_decimal(round(found.gini, 2), "0.00"))
        figures.append((_("Gini coefficient of attention"), f"{value} ({explained.rstrip('.')})"))
    return figures


def sections(found: Fairness) -> list[Section]:
    """Return each grouping that can be told; none where nothing was shown."""
    if not found.times_shown:
        return []
    parted = {
        "languages": (_("Language of the profile"), _rows(found.languages, language)),
        "regions": (_("Region of residence"), _rows(found.regions, region_name)),
        "countries": (_("Country of residence"), _country_rows(found)),
        "seniorities": (_("Years that the evidence spans"), _rows(found.seniorities, _seniority)),
    }
    return [Section(id, name, rows) for id, (name, rows) in parted.items() if rows]


def spread(found: Fairness) -> list[tuple[str, str]]:
    """Return the points of the Lorenz curve as a table."""
    steps = len(found.lorenz) - 1
    return [
        (
            _("The least shown %(percent)s of people", percent=format_percent(point / steps, "0%")),
            percent(found.lorenz[point]),
        )
        for point in range(1, steps + 1)
    ]


def _rows(cells: Sequence[Cell], name_of: Callable[[str], str]) -> tuple[Row, ...]:
    labelled = [
        (_("Others, taken together") if one.is_merged else _named(one.keys[0], name_of), one)
        for one in cells
    ]
    return _shared(labelled)


def _country_rows(found: Fairness) -> tuple[Row, ...]:
    def label(part: Cell, whole: Cell) -> str:
        if not part.is_merged:
            return _named(part.keys[0], country)
        if whole.is_merged:
            return _("Others, taken together")
        region = _named(whole.keys[0], region_name)
        is_all = part.people == whole.people
        return (
            _("All of %(region)s", region=region)
            if is_all
            else _("Others in %(region)s", region=region)
        )

    ordered = sorted(found.countries, key=lambda pair: (pair[0].is_merged, -pair[0].people))
    return _shared([(label(part, whole), part) for part, whole in ordered])


def _named(key: str, name_of: Callable[[str], str]) -> str:
    return name_of(key) if key else _("Not said")


def _seniority(key: str) -> str:
    return {
        "under_5": _("Under 5 years"),
        "5_to_14": _("5 to 14 years"),
        "15_or_more": _("15 years and more"),
    }[key]


def _shared(labelled: Iterable[tuple[str, Cell]]) -> tuple[Row, ...]:
    found = list(labelled)
    people = sum(one.people for _label, one in found) or 1
    attention = sum(one.exposure for _label, one in found) or 1.0
    return tuple(
        Row(label, one.people, one.people / people, one.exposure / attention)
        for label, one in found
    )
