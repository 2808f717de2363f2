"""A published rule of the programme in words."""

from __future__ import annotations

from models import EligibilityRule
from models.choices import Standing
from virtual_return.errors import N_
from virtual_return.i18n import gettext as _
from virtual_return.templating import filters

WHO = {
    Standing.DIASPORA.value: N_("people who live abroad"),
    Standing.RETURNEE.value: N_("people who came back"),
    Standing.LOCAL.value: N_("people who live in the country"),
    Standing.FRIEND.value: N_("friends of the country"),
}


def conditions(rule: EligibilityRule) -> list[str]:
    """Return one sentence for each thing that a rule asks for."""
    found: list[str] = []
    if rule.standings:
        who = filters.either([_(WHO[value]) for value in rule.standings if value in WHO])
        found.append(_("For %(who)s.", who=who))
    if rule.ties_to:
        names = filters.either([filters.country(code) for code in rule.ties_to])
        found.append(_("For people with a tie to %(countries)s.", countries=names))
    if rule.residence_in:
        names = filters.either([filters.country(code) for code in rule.residence_in])
        found.append(_("For people who live in %(countries)s.", countries=names))
    return found
