"""Two sentences that met are printed with what they share marked, and all else escaped."""

from __future__ import annotations

from virtual_return.templating.marking import marked


def test_shared_words_are_marked_and_all_else_is_escaped() -> None:
    need, person = marked(
        "Review our <water> curriculum.", "Wrote curricula on water & filters.", "en", "en"
    )
    assert str(need) == "Review our &lt;<mark>water</mark>&gt; curriculum."
    assert str(person) == "Wrote curricula on <mark>water</mark> &amp; filters."


def test_a_word_that_was_taken_out_is_not_marked() -> None:
    need, person = marked("A place by the river.", "I live in [place] by a river.", "en", "en")
    assert "<mark>place" not in need + person
    assert "<mark>river</mark>" in need
