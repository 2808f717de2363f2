"""Rare words in common help a little, within one language, and never tell who somebody is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import NeedDocument, Passage, PersonDocument
from matching.lexical import (
    MAX_BONUS,
    NO_LEXICAL_SCORE,
    RAREST,
    LexicalScore,
    compile_terms,
    lexical_score,
    rarity_of,
)

TASK = "Set up QGIS for mapping Phytophthora infestans near Lake Turkana by ISO 22000."
FRENCH = "Mettre en place QGIS pour cartographier Phytophthora près du lac."


def need(text: str = TASK, language: str | None = "en") -> NeedDocument:
    return NeedDocument("need", (Passage("task", text, language=language),))


def person(text: str, language: str | None = "en", names: tuple[str, ...] = ()) -> PersonDocument:
    return PersonDocument("p", (Passage("0", text, language=language),), known_names=names)


def scored(of: NeedDocument, who: PersonDocument) -> LexicalScore:
    return lexical_score(compile_terms(of), who, ["passage:0"])


def test_exact_terms_in_common_are_found_and_named() -> None:
    found = scored(need(), person("Taught QGIS; surveyed Phytophthora; audited ISO 22000."))

    assert 0.0 < found.value <= MAX_BONUS
    assert {"qgis", "phytophthora", "22000"} <= set(found.matched)


def test_common_words_alone_add_nothing() -> None:
    assert scored(need(), person("Set up by the lake near here, for all.")).value == 0.0
    assert scored(need("To be or not to be."), person("To be or not to be.")) == NO_LEXICAL_SCORE


@pytest.mark.parametrize(("language", "text"), [("fr", TASK), ("fr", FRENCH), ("es", TASK)])
def test_across_languages_it_is_shut(language: str, text: str) -> None:
    assert scored(need(), person(text, language)) == NO_LEXICAL_SCORE


def test_it_works_within_other_languages() -> None:
    french = scored(need(FRENCH, "fr"), person("Formation à QGIS et Phytophthora.", "fr"))
    arabic = scored(
        need("تصميم شبكات المياه بالتنقيط", "ar"), person("خبرة في مياه الشرب وبالتنقيط", "ar")
    )

    assert {"qgis", "phytophthora"} <= set(french.matched)
    assert len(arabic.matched) == 2


def test_only_passages_that_scored_count() -> None:
    who = PersonDocument(
        "p", (Passage("0", "Cooking.", language="en"), Passage("1", TASK, language="en"))
    )
    terms = compile_terms(need())

    assert lexical_score(terms, who, ["passage:0"]) == NO_LEXICAL_SCORE
    assert lexical_score(terms, who, ["passage:1#1"]).value == MAX_BONUS
    assert lexical_score(terms, who, []) == NO_LEXICAL_SCORE


@pytest.mark.parametrize(
    "words",
    ["Amina", "Somali", "Kenya", "he she her", "born 1984 aged 45", "Muslim", "Mrs", "Dr"],
)
def test_words_that_tell_who_somebody_is_never_count(words: str) -> None:
    assert scored(need(f"Work with {words}."), person(words)).matched == ()


@pytest.mark.parametrize(
    ("asked", "one", "other"),
    [
        ("Nous cherchons une infirmière.", "infirmière", "infirmier"),
        ("Buscamos una ingeniera.", "ingeniera", "ingeniero"),
        ("We look for a chairwoman.", "chairwoman", "chairman"),
    ],
)
def test_forms_of_either_gender_count_alike(asked: str, one: str, other: str) -> None:
    language = {"N": "fr", "B": "es", "W": "en"}[asked[0]]

    assert scored(need(asked, language), person(one, language)) == scored(
        need(asked, language), person(other, language)
    )


def test_a_word_that_is_the_persons_own_name_does_not_count() -> None:
    who = person("Turkana mapped Phytophthora.", names=("Ekal Turkana",))

    assert scored(need(), who).matched == ("phytophthora",)
    assert "turkana" in scored(need(), replace(who, known_names=())).matched


words = st.lists(st.sampled_from([*TASK.replace(".", "").split(), "goats", "x", ""]), max_size=12)


@given(words, words)
def test_it_is_bounded_and_more_text_never_lowers_it(first: list[str], more: list[str]) -> None:
    less = scored(need(), person(" ".join(first)))
    most = scored(need(), person(" ".join(first + more)))

    assert 0.0 <= less.value <= most.value <= MAX_BONUS


def test_rarity_knows_common_words_and_takes_the_rest_for_rare() -> None:
    water, training, unknown = rarity_of(["water", "training", "phytophthora"])

    assert water < training < unknown == RAREST
    assert rarity_of([]) == []
