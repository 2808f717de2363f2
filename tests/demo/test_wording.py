from random import Random

import pytest

from virtual_return.demo import library, wording


def test_choices_and_numbers_are_settled_and_names_stay():
    text = wording.draw("{one|two} of {20..22} near {city}", Random(1), "en")
    assert text.split()[0] in ("one", "two")
    assert text.split()[2] in ("20", "21", "22")
    assert text.endswith("{city}")


@pytest.mark.parametrize(
    ("language", "written"), [("en", "2,450"), ("fr", "2\u202f450"), ("es", "2450"), ("pt", "2450")]
)
def test_thousands_are_written_as_the_language_writes_them(language, written):
    assert wording.draw("{2450..2450}", Random(1), language) == written


def test_years_are_not_written_as_quantities():
    assert wording.draw("{1994..1994}", Random(1), "en") == "1994"


def test_arabic_numbers_over_a_hundred_are_full_hundreds():
    for seed in range(50):
        assert int(wording.draw("{300..900}", Random(seed), "ar")) % 100 == 0


def test_a_name_without_a_value_is_a_fault():
    with pytest.raises(KeyError):
        wording.fill("near {city}", {})


@pytest.mark.parametrize(
    ("language", "pattern", "place", "expected"),
    [
        ("fr", "un hôpital de {city}", "une ville moyenne", "Un hôpital d'une ville moyenne"),
        ("fr", "les plaintes à {city}", "une ville moyenne", "Les plaintes dans une ville moyenne"),
        ("pt", "um liceu em {city}", "uma cidade média", "Um liceu numa cidade média"),
        ("en", "wells near {city}", "a regional capital", "Wells near a regional capital"),
    ],
)
def test_a_place_can_be_left_out_without_breaking_the_sentence(language, pattern, place, expected):
    rules = library.phrases(language)["place_rules"]
    assert wording.fill(wording.blur(pattern, rules), {"city": place}) == expected


def test_abbreviations_keep_their_letters():
    assert wording.low("GIS lead") == "GIS lead"
    assert wording.low("Law") == "law"


def test_slugs_are_plain():
    assert wording.slug("Ana Lucía Ordóñez") == "ana-lucia-ordonez"
