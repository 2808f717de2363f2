"""A text in two languages is embedded and quoted in both; the author's word on it stands."""

from __future__ import annotations

import pytest

from matching import Passage, PersonDocument, Role, embedding_plan
from matching.plan import sentence_language

ENGLISH = "I have taught analytical chemistry to students in their third year."
FRENCH = "J’ai dirigé le laboratoire de contrôle des eaux de la ville pendant dix ans."
ARABIC = "درّستُ الكيمياء التحليلية لطلاب السنة الثالثة في كلية العلوم عشر سنوات."


def planned(text: str, language: str | None, role: Role) -> list[tuple[str | None, str]]:
    document = PersonDocument("p", (Passage("about", text, language=language),))
    return [(p.language, p.item) for p in embedding_plan(document, [role])]


@pytest.mark.parametrize("language", ["en", None])
def test_each_stretch_of_a_mixed_text_is_a_part_in_its_language(language: str | None) -> None:
    text = f"{ENGLISH} {FRENCH} {FRENCH} {ARABIC}"
    assert planned(text, language, Role.PASSAGE) == [
        ("en", "passage:about"), ("fr", "passage:about#1"), ("ar", "passage:about#2"),
    ]  # fmt: skip


def test_each_sentence_of_a_mixed_text_has_its_language() -> None:
    found = planned(f"{ENGLISH} {FRENCH} {ARABIC}", "fr", Role.SENTENCE)
    assert [language for language, _ in found] == ["en", "fr", "ar"]


def test_a_short_sentence_stays_in_the_language_around_it() -> None:
    passage = Passage("about", f"{FRENCH} Trained nurses in triage. {ENGLISH}", language="fr")
    assert sentence_language(passage, "Trained nurses in triage.") == "fr"
    parts = planned(passage.text, "fr", Role.PASSAGE)
    assert [language for language, _ in parts] == ["fr", "en"]


def test_the_author_is_believed_where_no_sentence_is_in_the_language_they_set() -> None:
    # What reads as French may be Haitian Creole: whoever wrote it knows.
    assert planned(f"{FRENCH} {FRENCH}", "ht", Role.PASSAGE) == [("ht", "passage:about")]
    assert sentence_language(Passage("about", FRENCH, language="ht"), FRENCH) == "ht"


def test_a_text_in_one_language_is_one_part() -> None:
    text = f"{ENGLISH} Member of the Société Française de Chimie and of the Royal Society."
    assert planned(text, "en", Role.PASSAGE) == [("en", "passage:about")]
