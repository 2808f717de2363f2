"""The words that two sentences share are marked; nothing that only looks alike is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import mark_shared
from matching.marking import is_term
from matching.stems import STOP_WORDS_FILE, fold, is_stop_word, stem


def marked(
    first: str, second: str, language: str | None = "en", other: str | None = None
) -> tuple[list[str], list[str]]:
    sides = mark_shared(first, second, language, other or language)
    ours, theirs = ([piece.text for piece in side if piece.is_shared] for side in sides)
    return ours, theirs


def test_words_of_one_stem_are_marked_on_both_sides() -> None:
    assert marked(
        "Design drip irrigation for vegetable farms.",
        "I designed drip irrigation and trained those who farm vegetables.",
    ) == (["Design drip irrigation", "vegetable farms"], ["designed drip irrigation",
                                                         "farm vegetables"])  # fmt: skip


@pytest.mark.parametrize(
    ("language", "first", "second", "expected"),
    [
        ("fr", "Concevoir l’irrigation des vergers.", "Irrigations de vergers en montagne.",
         ["irrigation", "vergers"]),
        ("es", "Enseñar el riego por goteo.", "Enseñé riegos por goteo.",
         ["Enseñar", "riego", "goteo"]),
        ("pt", "Formação de professores de química.", "Formei professoras de química.",
         ["professores", "química"]),
        ("ar", "تدريب المعلمين على الري بالتنقيط", "درّبتُ معلّمين في التنقيط",
         ["المعلمين", "بالتنقيط"]),
        ("de", "Bewässerung von Gemüse", "Gemüse und Bewässerungen", ["Bewässerung", "Gemüse"]),
    ],
)  # fmt: skip
def test_it_knows_endings_in_the_languages_of_the_product(
    language: str, first: str, second: str, expected: list[str]
) -> None:
    assert marked(first, second, language)[0] == expected


def test_words_that_hold_a_sentence_together_are_not_marked() -> None:
    assert marked("We need them with their own lab.", "They need this with their own boat.") == (
        [],
        [],
    )


def test_words_that_count_time_or_people_are_not_marked() -> None:
    assert marked("A three-year course for people.", "Ten years with people of all kinds.") == (
        [],
        [],
    )


def test_across_languages_nothing_is_marked_that_only_looks_alike() -> None:
    # The French "formation" is a training, "actuel" is not "actual", "librairie" no library.
    first, second = "The actual formation of the library", "La formation actuelle de la librairie"
    assert marked(first, second, "en", "fr") == ([], [])


def test_across_languages_terms_that_are_written_the_same_are_marked() -> None:
    ours, theirs = marked(
        "Set up GIS and PostGIS 3 under ISO 17025 in 12 weeks.",
        "J’ai installé un SIG (GIS) selon ISO 17025 en 12 semaines.",
        "en", "fr",
    )  # fmt: skip
    assert ours == ["GIS", "ISO 17025"]
    assert theirs == ["GIS", "ISO 17025"]


def test_an_unknown_language_is_treated_as_another_one() -> None:
    assert mark_shared("irrigation", "irrigation", None, None)[0][0].is_shared is False


def test_what_stands_for_a_removed_name_is_never_marked() -> None:
    ours, theirs = marked("Study the place and the name.", "I worked in [place] with [name].")
    assert (ours, theirs) == ([], [])


@pytest.mark.parametrize(
    ("word", "expected"),
    [("GIS", True), ("C++", True), ("17025", True), ("H2O", True), ("12", False),
     ("water", False), ("I", False), ("UNIVERSITY", False), ("مدرسة", False)],
)  # fmt: skip
def test_a_term_is_an_abbreviation_or_has_a_digit(word: str, expected: bool) -> None:
    assert is_term(word) is expected


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["en", "ar", "so", None]))
def test_the_pieces_are_the_sentence(first: str, second: str, language: str | None) -> None:
    ours, theirs = mark_shared(first, second, language, language)
    assert "".join(piece.text for piece in ours) == first
    assert "".join(piece.text for piece in theirs) == second


def test_a_language_without_stemmer_still_folds() -> None:
    assert stem("Waraabka", "so") == "waraabka"
    assert stem("مُعَلِّم", None) == fold("معلم")


def test_the_list_of_stop_words_holds_each_word_once_for_five_languages() -> None:
    lines = STOP_WORDS_FILE.read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["en", "fr", "es", "pt", "ar"]
    for line in lines:
        words = line.partition(":")[2].split()
        assert len(words) == len(set(words))
    assert is_stop_word("Être", "fr")
    assert not is_stop_word("Être", "en")
