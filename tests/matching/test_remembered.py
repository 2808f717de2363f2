"""Rows of short texts are kept, so many and no more, and are those that were made."""

from __future__ import annotations

import numpy as np

from matching.remembered import MOST_CHARACTERS, Key, RememberedRows
from matching.vectors import Float32


class Maker:
    """Makes a row of each text's length and language, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[Key]] = []

    def __call__(self, keys: list[Key]) -> Float32:
        self.asked.append(list(keys))
        return np.array([[len(text), len(code)] for text, code in keys], dtype=np.float32)


def test_a_text_is_made_once_and_comes_back_in_its_place() -> None:
    kept, make = RememberedRows(2, 10), Maker()
    kept.rows([("a", "en"), ("bb", "en")], make)

    rows = kept.rows([("bb", "en"), ("ccc", "en"), ("a", "en"), ("ccc", "en")], make)

    assert make.asked == [[("a", "en"), ("bb", "en")], [("ccc", "en")]]
    assert rows[:, 0].tolist() == [2, 3, 1, 3]


def test_the_same_words_in_another_language_are_another_text() -> None:
    kept, make = RememberedRows(2, 10), Maker()

    rows = kept.rows([("solar", "en"), ("solar", "")], make)

    assert rows[:, 1].tolist() == [2, 0]


def test_the_longest_unused_are_forgotten_first() -> None:
    kept, make = RememberedRows(2, 2), Maker()
    kept.rows([("a", "en"), ("b", "en")], make)
    kept.rows([("a", "en")], make)
    kept.rows([("c", "en")], make)

    kept.rows([("a", "en"), ("c", "en"), ("b", "en")], make)

    assert make.asked[1:] == [[("c", "en")], [("b", "en")]]


def test_long_texts_are_not_kept() -> None:
    kept, make = RememberedRows(2, 10), Maker()
    text = "x" * (MOST_CHARACTERS + 1)

    for _ in range(2):
        assert kept.rows([(text, "en")], make).shape == (1, 2)

    assert len(make.asked) == 2


def test_a_caller_who_changes_its_rows_changes_nobody_elses() -> None:
    kept, make = RememberedRows(2, 10), Maker()
    kept.rows([("a", "en")], make)[:] = 9
    kept.rows([("a", "en")], make)[:] = 9

    assert kept.rows([("a", "en")], make).tolist() == [[1, 2]]


def test_of_no_texts_there_are_no_rows() -> None:
    assert RememberedRows(2, 10).rows([], Maker()).shape == (0, 2)
