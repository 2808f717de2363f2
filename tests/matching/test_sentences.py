"""Sentences are split where a reader would split them, in five languages."""

from __future__ import annotations

import pytest

from matching import split_sentences
from matching.sentences import MAX_SENTENCE_CHARS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I teach. I build bridges! Do you?", ["I teach.", "I build bridges!", "Do you?"]),
        ("J'enseigne. Vraiment ? Oui !", ["J'enseigne.", "Vraiment ?", "Oui !"]),
        ("أدرس الهندسة. هل تحتاج مساعدة؟ نعم", ["أدرس الهندسة.", "هل تحتاج مساعدة؟", "نعم"]),
        ("Enseño riego. ¿Le sirve? ¡Sí!", ["Enseño riego.", "¿Le sirve?", "¡Sí!"]),
        ("Ensino hidráulica. Posso ajudar? Sim.", ["Ensino hidráulica.", "Posso ajudar?", "Sim."]),
    ],
)
def test_it_splits_in_each_language(text: str, expected: list[str]) -> None:
    assert list(split_sentences(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Hassan taught at St. Mary in the U.S. army hospital",
        "La Sra. López dirige el laboratorio",
        "M. Dupont et Mme. Martin ont rédigé le rapport",
        "O Eng. Costa mediu 3.5 metros",
        "See e.g. the work of J. Smith on pumps",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_split_it(text: str) -> None:
    assert len(split_sentences(text)) == 1


def test_lines_are_sentences_even_without_a_full_stop() -> None:
    assert split_sentences("Welding\n- Pipes\n\n- Tanks") == ("Welding", "- Pipes", "- Tanks")


def test_a_text_without_any_stop_is_cut_into_pieces_that_can_be_quoted() -> None:
    text = ", ".join(f"clause number {n} goes on" for n in range(60))

    pieces = split_sentences(text)

    assert len(pieces) > 2
    assert all(len(piece) <= MAX_SENTENCE_CHARS for piece in pieces)
    assert " ".join(pieces) == text


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "."])
def test_nothing_gives_no_sentence(text: str) -> None:
    assert split_sentences(text) == ()
