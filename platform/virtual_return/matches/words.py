"""Hard facts, exclusions and limits in the reader's words."""

from __future__ import annotations

from datetime import date

from matching.facts import ExclusionCode as Code
from matching.facts import FactState
from models import Need
from models.choices import Cefr, EngagementKind
from virtual_return.errors import N_
from virtual_return.i18n import gettext as _
from virtual_return.i18n import ngettext
from virtual_return.matches.results import ASKED_ALREADY, Fact
from virtual_return.templating.filters import day, either
from virtual_return.templating.filters import language as language_name
from virtual_return.templating.labels import label

ICONS = {
    Code.LANGUAGE.value: "speech",
    Code.MODE.value: "laptop",
    Code.KIND.value: "suitcase",
    Code.HOURS.value: "clock",
    Code.DATES.value: "calendar",
    Code.CAPACITY.value: "person",
    Code.ELIGIBILITY.value: "person",
}
# By what a rule asks about; what the person said to it is not shown.
RULE_MET = {
    "standing": N_("Takes part as the rule of this need asks"),
    "tie": N_("Has a tie that the rule of this need asks for"),
    "residence": N_("Lives where the rule of this need asks"),
}
RULE_UNKNOWN = N_("The rule of this need asks about something that is not stated")
MODE_WORDS = {"remote": N_("Remote"), "visit": N_("On site"), "mixed": N_("Remote with a visit")}
# Why people are not in an institution's list.
PEOPLE_WORDS = {
    Code.MODE.value: N_("they do not work in the way that the need asks for"),
    Code.KIND.value: N_("they do not do this kind of engagement"),
    Code.HOURS.value: N_("they have fewer hours a week"),
    Code.DATES.value: N_("they have no time in the weeks of the need"),
    Code.CAPACITY.value: N_("they have no room for another engagement now"),
    Code.ELIGIBILITY.value: N_("the published rule of this need is for others"),
    Code.INVITATION_LIMIT.value: N_("they have had as many invitations this month as they want"),
    ASKED_ALREADY: N_("they were asked already, or offered themselves: see Engagements"),
}
# Why needs are not in a person's list.
NEEDS_WORDS = {
    Code.LANGUAGE.value: N_("they ask for a language, or a level, that your profile does not name"),
    Code.MODE.value: N_("they are done in a way that you did not choose"),
    Code.KIND.value: N_("they are of a kind that you did not choose"),
    Code.HOURS.value: N_("they take more hours a week than you can give"),
    Code.DATES.value: N_("they fall into weeks in which you have no time"),
    Code.CAPACITY.value: N_("you have no room for another engagement now"),
    Code.ELIGIBILITY.value: N_("a published rule keeps them for others; each need's page shows it"),
    Code.COUNTRY_STATUS.value: N_("they include a visit to where nobody may travel at present"),
    ASKED_ALREADY: N_("you are in touch about them already: see Engagements"),
}
OTHER = N_("another hard fact does not fit")


def excluded_words(excluded: dict[str, int], need: Need | None = None) -> list[tuple[int, str]]:
    """Return how many were left out by each reason, the most frequent first."""
    counted = sorted(excluded.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(number, _excluded(code, need)) for code, number in counted]


def fact_words(fact: Fact) -> tuple[str, str]:
    """Return a drawing and a sentence for one hard fact of a pair."""
    words = _unknown(fact) if fact.state == FactState.UNKNOWN.value else _met(fact)
    return ICONS.get(fact.code, "info"), words


def _excluded(code: str, need: Need | None) -> str:
    if need is None:
        return _(NEEDS_WORDS.get(code, OTHER))
    if code == Code.LANGUAGE.value and need.languages:
        asked = [_language_at(row.language, row.level.upper()) for row in need.languages]
        return _("they do not deliver in %(languages)s", languages=either(asked))
    return _(PEOPLE_WORDS.get(code, OTHER))


def _met(fact: Fact) -> str:
    match fact.code:
        case Code.LANGUAGE.value:
            return _language_at(fact.subject, level_of(fact.offered))
        case Code.HOURS.value:
            hours = round(float(fact.needed))
            return ngettext("%(num)d hour a week fits", "%(num)d hours a week fit", hours)
        case Code.DATES.value:
            return _("Could begin in time")
        case Code.CAPACITY.value:
            return _("Has room for it")
        case Code.ELIGIBILITY.value:
            return _(RULE_MET[fact.subject]) if fact.subject in RULE_MET else ""
    return _of_closed_list(fact)


def _unknown(fact: Fact) -> str:
    match fact.code:
        case Code.LANGUAGE.value:
            return _language_at(fact.subject, level_of(fact.needed))
        case Code.HOURS.value:
            hours = round(float(fact.needed))
            return ngettext("%(num)d hour a week", "%(num)d hours a week", hours)
        case Code.DATES.value:
            return _("Begin by %(day)s", day=day(date.fromisoformat(fact.needed)))
        case Code.ELIGIBILITY.value:
            return _(RULE_UNKNOWN)
    return _of_closed_list(fact)


def _of_closed_list(fact: Fact) -> str:
    if fact.code == Code.MODE.value and fact.subject in MODE_WORDS:
        return _(MODE_WORDS[fact.subject])
    return label(EngagementKind(fact.subject)) if fact.code == Code.KIND.value else ""


def _language_at(code: str, level: str) -> str:
    return _("%(language)s at %(level)s", language=language_name(code), level=level)


def level_of(rank: str) -> str:
    """Return the name of a CEFR level from its rank, or nothing."""
    levels = list(Cefr)
    return levels[int(rank) - 1].value.upper() if rank.isdigit() and 0 < int(rank) <= 6 else ""
