"""Who says nearly the same is folded under the first, and nobody is lost."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import ItemVectors, Passage, PersonDocument, create_encoder, encode_documents, fold
from matching.folding import ALIKE, Folded, likeness

TEXTS = {
    "water": ("Planned drinking water plants for small towns and trained their operators.",
              "Led the water quality laboratory of a university for ten years."),
    "again": ("Planned drinking water plants for small towns, and trained operators.",
              "Led the water quality laboratory of a university for ten years."),
    "more": ("Planned drinking water plants for small towns and trained their operators.",
             "Led the water quality laboratory of a university for ten years.",
             "Sailed around the island.", "Wrote a cookery book.", "Teaches chess to children."),
    "nurse": ("Led an emergency ward and trained nurses in triage.", "Wrote hospital protocols."),
}  # fmt: skip
HASHING = create_encoder("hashing")


def vectors_of(texts: Mapping[str, tuple[str, ...]]) -> dict[str, ItemVectors]:
    people = [
        PersonDocument(id, tuple(Passage(f"e{n}", text) for n, text in enumerate(own)))
        for id, own in texts.items()
    ]
    found = encode_documents(HASHING, people)
    return {id: own.starting_with("passage:") for id, own in found.items()}


VECTORS = vectors_of(TEXTS)


def test_the_same_person_twice_is_shown_once() -> None:
    found = fold(["nurse", "again", "water"], VECTORS, HASHING.similarity)
    assert found == (Folded("nurse"), Folded("again", ("water",)))


def test_a_profile_that_says_much_besides_is_not_the_same() -> None:
    found = fold(["water", "more"], VECTORS, HASHING.similarity)
    assert found == (Folded("water"), Folded("more"))


def test_likeness_is_one_for_the_same_and_the_same_from_both_sides() -> None:
    water, again, nurse = (VECTORS[id].vectors for id in ("water", "again", "nurse"))
    similarity = HASHING.similarity
    assert likeness(water, water, similarity) == pytest.approx(1.0)
    assert likeness(water, again, similarity) == pytest.approx(likeness(again, water, similarity))
    assert likeness(water, again, similarity) > ALIKE > likeness(water, nurse, similarity)
    assert likeness(water, water[:0], similarity) == 0.0


def test_somebody_without_vectors_is_shown() -> None:
    empty = ItemVectors.of((), HASHING.dimension)
    found = fold(["a", "water", "b"], {**VECTORS, "b": empty}, HASHING.similarity)
    assert found == (Folded("a"), Folded("water"), Folded("b"))
    assert fold([], {}, HASHING.similarity) == ()


@given(st.lists(st.sampled_from([*TEXTS, "stranger", "other"]), max_size=8), st.floats(-1, 2))
def test_nobody_is_lost_and_the_order_stays(ids: list[str], alike: float) -> None:
    found = fold(ids, VECTORS, HASHING.similarity, alike)
    told = [id for group in found for id in (group.first, *group.similar)]
    assert sorted(told) == sorted(set(ids))
    place = {id: at for at, id in reversed(list(enumerate(ids)))}
    firsts = [place[group.first] for group in found]
    assert firsts == sorted(firsts)
    for group in found:
        assert all(place[id] > place[group.first] for id in group.similar)
