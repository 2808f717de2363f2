"""The data files: complete, in five languages, and written for the generator."""

import itertools

import pytest

from virtual_return.config import LOCALES
from virtual_return.demo import library, wording
from virtual_return.reference import isced

PLACES = {"city"}
VOICE = {
    "ar": {"years_ar", "n_ar", "small_ar"},
}
COMMON = {
    "t1", "t2", "t3", "t1_cap", "domain", "domain_low", "field_low", "post", "post_low",
    "employer", "in_country", "in_abroad", "years", "n", "small", "months", "city", "who",
}  # fmt: skip


def every_shelf():
    return [shelf for content in library.fields().values() for shelf in content.shelves.values()]


def test_forty_fields_and_more_in_english_and_another_language():
    assert len(library.fields()) >= 40
    for code, content in library.fields().items():
        assert isced.is_code(code)
        assert "en" in content.shelves
        assert len(content.shelves) >= 2


@pytest.mark.parametrize("language", LOCALES)
def test_every_language_has_many_fields(language):
    assert len(library.codes_in(language)) >= 7


def test_neighbours_are_fields_that_are_written():
    for content in library.fields().values():
        assert content.near
        assert content.code not in content.near
        assert set(content.near) <= library.fields().keys()


def test_shelves_are_full():
    for shelf in every_shelf():
        assert len(shelf.topics) == 4
        assert len(shelf.domains) >= 2
        assert len(shelf.posts) >= 2
        assert len(shelf.work) >= 3
        assert len(shelf.papers) >= 2
        assert shelf.teach
        assert shelf.needs


def test_blocks_wait_for_nothing_but_a_city():
    for shelf in every_shelf():
        blocks = itertools.chain(shelf.work, shelf.papers, shelf.teach)
        for text in itertools.chain.from_iterable((b.title, b.text) for b in blocks):
            assert wording.names_in(text) <= PLACES
        for need in shelf.needs:
            for text in need.texts.values():
                assert wording.names_in(text) <= PLACES


def test_no_block_is_written_twice():
    blocks = [
        block.text
        for shelf in every_shelf()
        for block in itertools.chain(shelf.work, shelf.papers, shelf.teach)
    ]
    assert len(blocks) > 400
    assert len(set(blocks)) == len(blocks)


def test_needs_point_at_skills_that_exist():
    for shelf in every_shelf():
        count = len(library.fields()[shelf.field].skills)
        for need in shelf.needs:
            assert all(number < count for number in (*need.must, *need.useful))
            assert not set(need.must) & set(need.useful)


def test_skills_are_named_in_every_language_and_not_alike_within_one():
    for content in library.fields().values():
        for language in LOCALES:
            labels = [labels[language] for labels in content.skills]
            assert all(labels)
            assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("language", LOCALES)
def test_patterns_ask_only_for_values_that_there_are(language):
    known = COMMON | VOICE.get(language, set())
    for value in library.phrases(language).values():
        for pattern in value if isinstance(value, list) else [value]:
            if isinstance(pattern, str):
                assert wording.names_in(pattern) <= known, pattern


def test_all_languages_have_the_same_patterns():
    names = {language: set(library.phrases(language)) for language in LOCALES}
    assert all(found == names["en"] for found in names.values())
