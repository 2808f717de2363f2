"""Regions of the world: the geographic sub-regions of the United Nations' standard M49.

Sub-Saharan Africa, Latin America and the Caribbean are given by their parts. Their names in each
language come from Babel, which knows them by the same numbers.
"""

from __future__ import annotations

from functools import cache

from babel import Locale

from virtual_return.reference.locales import resolve

# M49 has neither Taiwan nor Kosovo; they stand where their neighbours do. Antarctica is in none.
_COUNTRIES = {
    "015": "DZ EG EH LY MA SD TN",
    "011": "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG",
    "017": "AO CD CF CG CM GA GQ ST TD",
    "014": "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW",
    "018": "BW LS NA SZ ZA",
    "021": "BM CA GL PM US",
    "029": ("AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI"),
    "013": "BZ CR GT HN MX NI PA SV",
    "005": "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
    "143": "KG KZ TJ TM UZ",
    "030": "CN HK JP KP KR MN MO TW",
    "035": "BN ID KH LA MM MY PH SG TH TL VN",
    "034": "AF BD BT IN IR LK MV NP PK",
    "145": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
    "151": "BG BY CZ HU MD PL RO RU SK UA",
    "154": "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ",
    "039": "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK",
    "155": "AT BE CH DE FR LI LU MC NL",
    "053": "AU CC CX HM NF NZ",
    "054": "FJ NC PG SB VU",
    "057": "FM GU KI MH MP NR PW UM",
    "061": "AS CK NU PF PN TK TO TV WF WS",
}


@cache
def _regions() -> dict[str, str]:
    return {country: code for code, held in _COUNTRIES.items() for country in held.split()}


def region_of(country: str) -> str:
    """Return the code of a country's sub-region; empty for what is in none."""
    return _regions().get(country, "")


def region_name(code: str, locale: str | None = None) -> str:
    """Return the name of a region; an unknown code is returned as it is."""
    return str(Locale.parse(resolve(locale)).territories.get(code, code))
