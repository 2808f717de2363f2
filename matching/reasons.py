"""Why two texts met: the sentences of both sides that lie nearest to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from matching.documents import Document, NeedDocument, Passage, PersonDocument
from matching.plan import (
    normalised,
    passage_id_of,
    sentence_item,
    sentence_language,
    sentences_of,
)
from matching.scoring import ABSENT, TextScore
from matching.similarity import Similarity
from matching.vectors import Float32, ItemVectors

MAX_PAIRS = 3
# Below this two sentences have little to do with each other; one pair is shown all the same,
# because a match without any reason would be worse.
MIN_PAIR = 0.30
MIN_SHARED_WORDS = 2
MIN_WORD_CHARS = 4


class PairSource(StrEnum):
    """What put two sentences together."""

    VECTORS = "vectors"
    SHARED_WORDS = "shared_words"


@dataclass(frozen=True)
class Sentence:
    """A sentence where it stands: passage, number in it, text as written, and its language."""

    passage_id: str
    number: int
    text: str
    language: str | None


@dataclass(frozen=True)
class SentencePair:
    """A sentence of the need and one of the person that met; `strength` orders pairs only."""

    need: Sentence
    person: Sentence
    source: PairSource
    strength: float


class Scored(Protocol):
    """A person and a need with what scoring found, as `ranking.Pair` has it."""

    @property
    def need(self) -> NeedDocument: ...

    @property
    def person(self) -> PersonDocument: ...

    @property
    def need_vectors(self) -> ItemVectors: ...

    @property
    def person_vectors(self) -> ItemVectors: ...

    @property
    def text(self) -> TextScore: ...


@dataclass(frozen=True)
class _Pointed:
    """A sentence before anything costly is asked about it."""

    passage: Passage
    number: int
    text: str
    vector: Float32 | None


@dataclass(frozen=True)
class _Both:
    """The sentences of a need and those of one person that may be quoted."""

    ours: list[_Pointed]
    theirs: list[_Pointed]


def explain(
    need: tuple[NeedDocument, ItemVectors],
    person: tuple[PersonDocument, ItemVectors],
    text: TextScore,
    similarity: Similarity,
) -> tuple[SentencePair, ...]:
    """Return up to three pairs of sentences, best first, each sentence used once.

    Only passages that raised the score are quoted, so that what is shown is what ranked: without
    a quoted passage the score is lower. Sentence vectors are those of `embedding_plan`; where
    one side has none, words that both sides use put the sentences together.
    """
    both = _Both(_pointed(*need), _quotable(*person, text))
    (strengths,) = _strengths_of(similarity, [both])
    return _chosen(both, strengths)


def explain_all(
    pairs: Iterable[Scored], similarity: Similarity
) -> tuple[tuple[SentencePair, ...], ...]:
    """Return `explain` of each pair of one list, in order.

    The sentences of a need that stands in several pairs are prepared once, and compared with those
    of all people in one go.
    """
    needs: dict[int, list[_Pointed]] = {}
    both = []
    for pair in pairs:
        ours = needs.get(id(pair.need))
        if ours is None:
            ours = needs[id(pair.need)] = _pointed(pair.need, pair.need_vectors)
        both.append(_Both(ours, _quotable(pair.person, pair.person_vectors, pair.text)))
    return tuple(
        _chosen(pair, strengths)
        for pair, strengths in zip(both, _strengths_of(similarity, both), strict=True)
    )


def _quotable(person: PersonDocument, vectors: ItemVectors, text: TextScore) -> list[_Pointed]:
    counted = {passage_id_of(item.item) for item in text.items if item.score > ABSENT}
    return _pointed(person, vectors, among=counted)


def _chosen(pair: _Both, strengths: Float32 | None) -> tuple[SentencePair, ...]:
    if not pair.ours or not pair.theirs:
        return ()
    if strengths is not None:
        return _take(pair, strengths, PairSource.VECTORS, MIN_PAIR)
    shared = _by_words(pair.ours, pair.theirs)
    return _take(pair, shared, PairSource.SHARED_WORDS, float(MIN_SHARED_WORDS))


def _pointed(
    document: Document, vectors: ItemVectors, among: set[str] | None = None
) -> list[_Pointed]:
    return [
        _Pointed(passage, number, text, vectors.get(sentence_item(passage.id, number)))
        for passage in document.passages
        if among is None or passage.id in among
        for number, text in enumerate(sentences_of(passage))
    ]


def _strengths_of(similarity: Similarity, pairs: Sequence[_Both]) -> list[Float32 | None]:
    """Return strengths [ours, theirs] of each pair; None where a side has no sentence vectors.

    All that is to be compared with the sentences of one need is compared in one go.
    """
    together: dict[int, list[int]] = {}
    for place, pair in enumerate(pairs):
        together.setdefault(id(pair.ours), []).append(place)
    strengths: list[Float32 | None] = [None] * len(pairs)
    for places in together.values():
        ours = pairs[places[0]].ours
        theirs = [sentence for place in places for sentence in pairs[place].theirs]
        whole = _by_vectors(similarity, ours, theirs)
        at = 0
        for place in places:
            own = slice(at, at := at + len(pairs[place].theirs))
            if any(sentence.vector is not None for sentence in theirs[own]):
                strengths[place] = None if whole is None else whole[:, own]
    return strengths


def _by_vectors(
    similarity: Similarity, ours: Sequence[_Pointed], theirs: Sequence[_Pointed]
) -> Float32 | None:
    """Return strengths [ours, theirs], or None when a side has no sentence vectors at all."""
    left = [row for row, sentence in enumerate(ours) if sentence.vector is not None]
    right = [row for row, sentence in enumerate(theirs) if sentence.vector is not None]
    if not left or not right:
        return None
    strengths = np.full((len(ours), len(theirs)), -1.0, dtype=np.float32)
    queries = np.stack([one.vector for one in ours if one.vector is not None])
    rows = np.stack([one.vector for one in theirs if one.vector is not None])
    strengths[np.ix_(left, right)] = similarity.pairs(queries, rows)
    return strengths


def _by_words(ours: Sequence[_Pointed], theirs: Sequence[_Pointed]) -> Float32:
    left = [_words(sentence.text) for sentence in ours]
    right = [_words(sentence.text) for sentence in theirs]
    shared = [[len(a & b) for b in right] for a in left]
    return np.asarray(shared, dtype=np.float32)


def _take(
    pair: _Both, strengths: Float32, source: PairSource, least: float
) -> tuple[SentencePair, ...]:
    left = strengths.copy()
    pairs: list[SentencePair] = []
    while len(pairs) < min(MAX_PAIRS, *left.shape):
        row, column = divmod(int(left.argmax()), left.shape[1])
        strength = float(left[row, column])
        if strength <= 0.0 or (pairs and strength < least):
            break
        need, person = _sentence(pair.ours[row]), _sentence(pair.theirs[column])
        pairs.append(SentencePair(need, person, source, strength))
        left[row, :] = -np.inf
        left[:, column] = -np.inf
    return tuple(pairs)


def _sentence(pointed: _Pointed) -> Sentence:
    """Find out the language, which is asked only of sentences that are quoted."""
    passage = pointed.passage
    language = sentence_language(passage, pointed.text)
    return Sentence(passage.id, pointed.number, pointed.text, language)


def _words(text: str) -> frozenset[str]:
    return frozenset(w for w in normalised(text).split() if len(w) >= MIN_WORD_CHARS)
