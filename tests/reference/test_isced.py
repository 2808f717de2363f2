import pytest

from virtual_return.config import LOCALES
from virtual_return.reference import fields_of_study, isced
from virtual_return.reference.isced import Field, Level


def main_fields(level: Level) -> list[str]:
    """Leave out what is inter-disciplinary or not elsewhere classified."""
    return [code for code in isced.codes(level) if code[2:3] != "8" and code[3:] not in ("8", "9")]


@pytest.mark.parametrize(
    ("level", "count"), [(Level.BROAD, 11), (Level.NARROW, 29), (Level.DETAILED, 80)]
)
def test_it_has_as_many_fields_as_the_classification(level, count):
    assert len(main_fields(level)) == count


def test_every_code_has_its_parents():
    for code in isced.codes():
        assert [field.code for field in isced.path(code)] == [
            code[:length] for length in (2, 3, 4) if length <= len(code)
        ]


def test_every_broad_field_but_the_generic_has_an_interdisciplinary_one():
    for broad in isced.codes(Level.BROAD)[1:]:
        assert isced.is_code(f"{broad}88")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_field_has_a_name_in_every_language(locale):
    names = [isced.field_name(code, locale) for code in isced.codes()]
    assert all(name and name == name.strip() for name in names)
    if locale == "ar":
        assert all(any("\u0600" <= letter <= "\u06ff" for letter in name) for name in names)


@pytest.mark.parametrize("locale", ["fr", "es", "pt"])
def test_names_are_translated_and_not_copied(locale):
    same = [c for c in isced.codes() if isced.field_name(c, locale) == isced.field_name(c, "en")]
    # Arts, Agriculture, Services and Sports are the same words in French.
    assert len(same) <= 6


@pytest.mark.parametrize(
    ("code", "locale", "name"),
    [
        ("0912", "en", "Medicine"),
        ("0841", "ar", "الطب البيطري"),
        ("0732", "fr", "Bâtiment et génie civil"),
        ("0811", "pt", "Produção agrícola e animal"),
        ("1041", "es", "Servicios de transporte"),
    ],
)
def test_it_names_a_field(code, locale, name):
    assert isced.field_name(code, locale) == name


def test_outside_a_request_it_speaks_english():
    assert isced.field_name("0912") == "Medicine"


def test_an_unknown_locale_is_read_in_english():
    assert isced.field_name("0912", "de") == "Medicine"


def test_a_regional_locale_is_its_language():
    assert isced.field_name("0912", "pt_BR") == "Medicina"


@pytest.mark.parametrize("code", ["", "9", "0918", "09120", "xx", "0118"])
def test_it_refuses_what_is_not_a_code(code):
    assert not isced.is_code(code)
    assert isced.field_name(code, "fr") == code


def test_fields_are_found_under_their_broad_field():
    health = isced.fields_by_broad("en")[Field("09", "Health and welfare")]
    assert Field("0913", "Nursing and midwifery") in health
    assert all(field.broad == "09" and field.level > Level.BROAD for field in health)


def test_choices_hold_each_code_once():
    values = [value for value, _ in fields_of_study.choices("en")]
    assert values == list(isced.codes())
    assert [value for value, _ in fields_of_study.broad_choices("fr")] == list(
        isced.codes(Level.BROAD)
    )


def test_grouped_choices_leave_no_field_out():
    grouped = fields_of_study.grouped_choices("es")
    values = [value for fields in grouped.values() for value, _ in fields]
    assert sorted(values) == sorted(set(isced.codes()) - set(isced.codes(Level.BROAD)))
