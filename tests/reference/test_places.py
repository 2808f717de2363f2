import subprocess
import sys
from pathlib import Path

import pycountry
import pytest

from virtual_return.config import LOCALES
from virtual_return.reference import countries, currencies, languages, time_zones

PLATFORM = Path(__file__).resolve().parents[2] / "platform"


@pytest.mark.parametrize("locale", LOCALES)
def test_no_country_is_missing(locale):
    offered = dict(countries.choices(locale))
    assert set(offered) == {country.alpha_2 for country in pycountry.countries} | {"XK"}
    assert all(name != code for code, name in offered.items())


@pytest.mark.parametrize(
    ("code", "locale", "name"),
    [
        ("PS", "en", "Palestinian Territories"),
        ("TW", "fr", "Taïwan"),
        ("XK", "es", "Kosovo"),
        ("SO", "ar", "الصومال"),
        ("CV", "pt", "Cabo Verde"),
    ],
)
def test_it_names_a_country(code, locale, name):
    assert countries.country_name(code, locale) == name


def test_accents_do_not_send_a_country_to_the_end():
    order = [code for code, _ in countries.choices("fr")]
    assert order.index("DK") < order.index("EG") < order.index("FI")
    assert order[-1] in ("ZM", "ZW")


def test_the_article_does_not_decide_the_place_of_a_country_in_arabic():
    order = [code for code, _ in countries.choices("ar")]
    # Tunis, (al-)Sudan, Lebanon, (al-)Yemen: with the article two of them would stand under A.
    assert order.index("TN") < order.index("SD") < order.index("LB") < order.index("YE")


def test_what_is_no_country_is_returned_as_it_is():
    assert not countries.is_code("ZZ9")
    assert countries.country_name("ZZ9", "en") == "ZZ9"


def test_languages_of_every_day_stand_first():
    offered = [code for code, _ in languages.choices("en")]
    assert offered[: len(languages.COMMON)] == list(languages.COMMON)
    assert len(offered) == len(set(offered)) == len(languages.codes())


@pytest.mark.parametrize("code", ["ar", "so", "ti", "sw", "fa", "ps", "uk", "ht", "wo", "ckb"])
def test_languages_of_the_programmes_are_offered_and_named(code):
    for locale in LOCALES:
        assert languages.is_code(code)
        assert languages.language_name(code, locale) != code


def test_currencies_are_those_in_use():
    assert {"SOS", "XOF", "HNL", "MZN", "UAH", "USD", "EUR"} <= set(currencies.codes())
    assert not currencies.is_code("XTS")
    assert not currencies.is_code("DEM")
    assert ("HTG", "HTG – gourde haïtienne") in currencies.choices("fr")


def test_zones_are_canonical_and_accepted():
    names = time_zones.names()
    assert {"UTC", "Africa/Mogadishu", "America/Port-au-Prince", "Europe/Kyiv"} <= set(names)
    assert "Europe/Kiev" not in names
    assert time_zones.is_name("Europe/Kiev")
    assert not time_zones.is_name("Mars/Olympus_Mons")
    assert ("America/Port-au-Prince", "Port-au-Prince (Haiti)") in time_zones.choices()


def test_zones_are_named_in_the_language_asked_for():
    assert (
        time_zones.zone_name("America/Port_of_Spain", "fr") == "Port-d’Espagne (Trinité-et-Tobago)"
    )
    assert time_zones.zone_name("Africa/Khartoum", "ar") == "الخرطوم (السودان)"
    assert time_zones.zone_name("Europe/Kyiv", "ar").startswith("كييف")
    assert time_zones.zone_name("Europe/Kiev", "fr") == "Europe/Kiev"
    assert time_zones.choices("fr")[0][0] == "UTC"


def test_looking_up_needs_no_flask():
    script = (
        "import sys\n"
        "from virtual_return.reference import countries, currencies, fields_of_study, languages\n"
        "assert countries.choices('fr') and currencies.choices('fr')\n"
        "assert languages.choices('fr') and fields_of_study.choices('fr')\n"
        "assert not {'flask', 'flask_babel'} & set(sys.modules), 'flask was loaded'\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=PLATFORM, check=True)
