"""The language of a text is found, may be corrected, and a correction stays."""

from __future__ import annotations

from virtual_return.reference.text_language import language_of

ENGLISH = "I plan and repair drinking water systems for towns without a laboratory."
FRENCH = "Je conçois et répare des réseaux d’eau potable pour des villes sans laboratoire."


def test_it_is_found_where_nothing_was_chosen() -> None:
    assert language_of(None, FRENCH, "en", before=None) == "fr"
    assert language_of(None, "Ingénieur", "fr", before=None) == "fr"
    assert language_of(None, "  ", "fr", before=None) is None


def test_a_choice_is_believed() -> None:
    assert language_of("ht", FRENCH, "en", before=None) == "ht"


def test_what_was_found_is_found_anew_in_a_new_text() -> None:
    # The form came with "English", which nobody chose, and the text was written again in French.
    assert language_of("en", FRENCH, "en", before=("en", ENGLISH)) == "fr"
    assert language_of("en", ENGLISH, "en", before=("en", ENGLISH)) == "en"


def test_a_correction_stays_when_the_text_changes() -> None:
    assert language_of("ht", f"{FRENCH} Merci.", "en", before=("ht", FRENCH)) == "ht"
    # And one that is made together with a new text counts as well.
    assert language_of("es", FRENCH, "en", before=("en", ENGLISH)) == "es"
