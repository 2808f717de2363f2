"""Near misses and counts of people in words; small counts are told roughly."""

from __future__ import annotations

from matching.facts import ExclusionCode as Code
from virtual_return.errors import N_
from virtual_return.i18n import gettext as _
from virtual_return.i18n import ngettext
from virtual_return.matches.results import FactMiss
from virtual_return.matches.words import level_of
from virtual_return.templating.filters import language as language_name
from virtual_return.templating.filters import number as in_figures

# Smaller counts of people are not told: docs/decisions/0042.
LEAST_TOLD = 3

INSTEAD = {
    (Code.MODE.value, "remote"): N_("%(more)s if the work is done remotely"),
    (Code.MODE.value, "visit"): N_("%(more)s if the work is done on site"),
    (Code.MODE.value, "mixed"): N_("%(more)s if the work is done remotely with a visit"),
    (Code.KIND.value, ""): N_("%(more)s if it is another kind of engagement"),
    (Code.DATES.value, ""): N_("%(more)s if you leave the dates open"),
}


def people_words(number: int) -> str:
    """Return a count of people for an institution: figures, or words where it is small."""
    return in_figures(number) if number >= LEAST_TOLD else _("1 or 2")


def near_fact_words(miss: FactMiss) -> str:
    """Return what asking for less of one fact would bring."""
    more = _more(miss.people)
    match miss.code:
        case Code.LANGUAGE.value if miss.instead:
            return _(
                "%(more)s if you ask for %(language)s at %(instead)s rather than %(asked)s",
                more=more,
                language=language_name(miss.subject),
                instead=level_of(miss.instead),
                asked=level_of(miss.asked),
            )
        case Code.LANGUAGE.value:
            language = language_name(miss.subject)
            return _("%(more)s if you do not ask for %(language)s", more=more, language=language)
        case Code.HOURS.value:
            hours = round(float(miss.instead))
            return ngettext(
                "%(more)s if it takes %(num)d hour a week",
                "%(more)s if it takes %(num)d hours a week",
                hours,
                more=more,
            )
    words = INSTEAD.get((miss.code, miss.instead))
    return _(words, more=more) if words else ""


def near_skill_words(number: int, skill: str) -> str:
    """Return how many lack one must-have and no other."""
    if number < LEAST_TOLD:
        return _("1 or 2 people lack only this: %(skill)s", skill=skill)
    return ngettext(
        "%(num)d person lacks only this: %(skill)s",
        "%(num)d people lack only this: %(skill)s",
        number,
        skill=skill,
    )


def _more(number: int) -> str:
    if number < LEAST_TOLD:
        return _("1 or 2 more people")
    return ngettext("%(num)d more person", "%(num)d more people", number)
