"""What a need looks like in a few words, for cards and pages of every capability."""

from __future__ import annotations

from collections.abc import Sequence

from models import Need
from models.choices import Money
from virtual_return.i18n import gettext as _
from virtual_return.i18n import ngettext
from virtual_return.needs.browsing import Card
from virtual_return.reference.time_zones import zone_name
from virtual_return.templating import filters
from virtual_return.templating.labels import label


def facts(need: Need | Card, languages: Sequence[str]) -> list[tuple[str, str]]:
    """Return (icon, words) pairs: kind, place, effort, languages, money."""
    found = [
        ("book", label(need.kind)),
        ("place" if need.mode != "remote" else "laptop", label(need.mode)),
        ("clock", effort(need)),
        ("speech", filters.joined(filters.language(code) for code in languages)),
        ("coin", label(need.money)),
    ]
    return [(icon, words) for icon, words in found if words]


def effort(need: Need | Card) -> str:
    """Return how much time it takes, as far as that was said."""
    hours = ngettext("%(num)d hour a week", "%(num)d hours a week", need.hours_per_week or 0)
    weeks = ngettext("%(num)d week", "%(num)d weeks", need.weeks or 0)
    if need.hours_per_week and need.weeks:
        return _("%(hours)s for %(weeks)s", hours=hours, weeks=weeks)
    return hours if need.hours_per_week else weeks if need.weeks else ""


def terms(need: Need, *, shows_counterpart: bool) -> list[tuple[str, str]]:
    """Return (term, words) pairs; a counterpart's name only to those who may read it."""
    counterpart = [(_("Counterpart"), need.counterpart_name)] if shows_counterpart else []
    return [
        *counterpart,
        (_("Role of the counterpart"), need.counterpart_role),
        (_("Unit"), need.unit.name if need.unit else ""),
        (_("Partner institution"), _partner(need)),
        (_("Field"), filters.field_of_study(need.field_of_study)),
        (_("Sector"), need.sector),
        (_("Effort"), effort(need)),
        (_("When"), _window(need)),
        (_("Start at the latest"), filters.day(need.latest_start)),
        (_("Shared hours of the day"), _overlap(need)),
        (_("Connection"), label(need.connectivity)),
        (_("Tools"), need.tools),
        (_("Money"), _money(need)),
        (_("Open until"), filters.day(need.expires_at)),
    ]


def _partner(need: Need) -> str:
    partner = need.partner_institution
    return partner.shown_name if partner and partner.is_verified else ""


def _window(need: Need) -> str:
    start, end = filters.day(need.window_start), filters.day(need.window_end)
    if start and end:
        return _("%(start)s to %(end)s", start=start, end=end)
    if start:
        return _("not before %(date)s", date=start)
    return _("by %(date)s", date=end) if end else ""


def _overlap(need: Need) -> str:
    if need.overlap_hours is None:
        return ""
    hours = ngettext("%(num)d hour", "%(num)d hours", need.overlap_hours)
    if not need.time_zone:
        return hours
    return _("%(hours)s, time zone %(zone)s", hours=hours, zone=zone_name(need.time_zone))


def _money(need: Need) -> str:
    parts = [label(need.money)]
    if need.money and need.money != Money.UNPAID:
        if need.money_amount is not None and need.money_currency:
            parts.append(filters.money(need.money_amount, need.money_currency))
        if need.money_payer:
            parts.append(_("paid by %(payer)s", payer=need.money_payer))
    return filters.commas(parts)
