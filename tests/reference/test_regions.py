"""Every country is in one region of M49, and each region has a name in each language."""

from __future__ import annotations

from virtual_return.config import LOCALES
from virtual_return.reference import countries
from virtual_return.reference.regions import _COUNTRIES, region_name, region_of


def test_every_country_is_in_exactly_one_region() -> None:
    held = [code for codes in _COUNTRIES.values() for code in codes.split()]

    assert len(held) == len(set(held))
    assert countries.codes() - set(held) == {"AQ"}
    assert set(held) - countries.codes() == set()


def test_countries_are_where_the_standard_has_them() -> None:
    for country, region in {
        "SO": "014",
        "SD": "015",
        "SY": "145",
        "MX": "013",
        "DE": "155",
    }.items():
        assert region_of(country) == region
    assert region_of("AQ") == region_of("") == region_of("ZZ") == ""


def test_each_region_has_a_name_in_each_language() -> None:
    for locale in LOCALES:
        names = {region_name(code, locale) for code in _COUNTRIES}
        assert len(names) == len(_COUNTRIES)
        assert not any(name.isdigit() for name in names)
    assert region_name("014", "fr") == "Afrique orientale"
    assert region_name("999", "en") == "999"
