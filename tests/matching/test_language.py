"""Languages are found where a text tells, and left open where it does not."""

from __future__ import annotations

import pytest

from matching import detect_language
from matching.calibration import parallel_texts
from matching.language import may_be_english
from matching.stems import is_plainly_in


@pytest.mark.parametrize("language", ["en", "fr", "ar", "es", "pt"])
def test_most_single_sentences_are_recognised(language: str) -> None:
    texts = parallel_texts()[language]

    found = [detect_language(text).language for text in texts]

    assert found.count(language) >= 0.85 * len(texts)
    wrong = [code for code in found if code not in (language, None)]
    assert len(wrong) <= 3


@pytest.mark.parametrize("text", ["", "Python", "ISO 9001", "12345", "R", "C++ 20"])
def test_a_text_that_does_not_tell_gets_the_fallback(text: str) -> None:
    assert detect_language(text).language is None
    assert detect_language(text, fallback="pt").language == "pt"


@pytest.mark.parametrize(
    ("word", "language"), [("هندسة", "ar"), ("инженер", None), ("ምህንድስና", "am"), ("工程", "zh")]
)
def test_a_script_of_one_language_settles_a_single_word(word: str, language: str | None) -> None:
    assert detect_language(word).language == language


def test_persian_is_not_taken_for_arabic() -> None:
    text = "من مهندس عمران هستم و در پروژه‌های آبیاری کار می‌کنم"

    assert detect_language(text).language == "fa"


def test_confidence_is_a_share() -> None:
    found = detect_language("We need somebody to review our curriculum in civil engineering.")

    assert found.language == "en"
    assert 0.5 <= found.confidence <= 1.0


@pytest.mark.parametrize(
    "text", ["Python", "soil tests", "food safety", "irrigation", "data analysis"]
)
def test_a_short_text_in_plain_letters_may_be_english(text: str) -> None:
    assert may_be_english(text)


@pytest.mark.parametrize("text", ["plombier", "Chef de chantier", "riego", "مياه", "eau"])
def test_one_that_another_language_owns_is_not_taken_for_english(text: str) -> None:
    assert not may_be_english(text)


@pytest.mark.parametrize(
    ("text", "language", "plainly"),
    [
        ("Designed drip irrigation for the farms of a dry region.", "en", True),
        ("J'ai conçu l'irrigation des fermes pour une région dans le sud.", "fr", True),
        ("J'ai conçu l'irrigation des fermes pour une région dans le sud.", "en", False),
        ("Designed drip irrigation for the farms of a dry region.", "fr", False),
        ("Diseño de la red de riego de la comarca.", "fr", False),
        ("Drip irrigation.", "en", False),
        ("Designed irrigation for the farms of a region.", "am", False),
        ("", "en", False),
    ],
)
def test_small_words_tell_a_language_where_no_other_has_as_many(
    text: str, language: str, plainly: bool
) -> None:
    assert is_plainly_in(text, language) is plainly
