"""Why two texts met: the sentences of both sides that lie nearest to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.documents import NeedDocument, Passage, PersonDocument
from matching.plan import normalised, passage_id_of, passage_language, sentence_item, sentences_of
from matching.scoring import TextScore
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


def explain(
    need: tuple[NeedDocument, ItemVectors],
    person: tuple[PersonDocument, ItemVectors],
    text: TextScore,
    similarity: Similarity,
) -> tuple[SentencePair, ...]:
    """Return up to three pairs of sentences, best first, each sentence used once.

    Only passages that scored are quoted, so that what is shown is what ranked. Sentence vectors
    are those of `embedding_plan`; where one side has none, words that both sides use put the
    sentences together.
    """
    scored = [passage_id_of(item.item) for item in text.items]
    ours = list(_sentences(need[0].passages))
    theirs = list(_sentences(p for p in person[0].passages if p.id in scored))
    if not ours or not theirs:
        return ()
    strengths = _by_vectors(similarity, ours, theirs, need[1], person[1])
    if strengths is not None:
        return _take(ours, theirs, strengths, PairSource.VECTORS, MIN_PAIR)
    shared = _by_words(ours, theirs)
    return _take(ours, theirs, shared, PairSource.SHARED_WORDS, float(MIN_SHARED_WORDS))


def _sentences(passages: Iterable[Passage]) -> Iterable[Sentence]:
    for passage in passages:
        language = passage_language(passage)
        for number, text in enumerate(sentences_of(passage)):
            yield Sentence(passage.id, number, text, language)


def _by_vectors(
    similarity: Similarity,
    ours: Sequence[Sentence],
    theirs: Sequence[Sentence],
    need_vectors: ItemVectors,
    person_vectors: ItemVectors,
) -> Float32 | None:
    """Return strengths [ours, theirs], or None when a side has no sentence vectors at all."""
    left = [need_vectors.get(_item(sentence)) for sentence in ours]
    right = [person_vectors.get(_item(sentence)) for sentence in theirs]
    known_left = [row for row, vector in enumerate(left) if vector is not None]
    known_right = [row for row, vector in enumerate(right) if vector is not None]
    if not known_left or not known_right:
        return None
    strengths = np.full((len(ours), len(theirs)), -1.0, dtype=np.float32)
    queries = np.stack([vector for vector in left if vector is not None])
    rows = np.stack([vector for vector in right if vector is not None])
    strengths[np.ix_(known_left, known_right)] = similarity.pairs(queries, rows)
    return strengths


def _by_words(ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> Float32:
    left = [_words(sentence.text) for sentence in ours]
    right = [_words(sentence.text) for sentence in theirs]
    shared = [[len(a & b) for b in right] for a in left]
    return np.asarray(shared, dtype=np.float32)


def _take(
    ours: Sequence[Sentence],
    theirs: Sequence[Sentence],
    strengths: Float32,
    source: PairSource,
    least: float,
) -> tuple[SentencePair, ...]:
    left = strengths.copy()
    pairs: list[SentencePair] = []
    while len(pairs) < min(MAX_PAIRS, *left.shape):
        row, column = divmod(int(left.argmax()), left.shape[1])
        strength = float(left[row, column])
        if strength <= 0.0 or (pairs and strength < least):
            break
        pairs.append(SentencePair(ours[row], theirs[column], source, strength))
        left[row, :] = -np.inf
        left[:, column] = -np.inf
    return tuple(pairs)


def _item(sentence: Sentence) -> str:
    return sentence_item(sentence.passage_id, sentence.number)


def _words(text: str) -> frozenset[str]:
    return frozenset(w for w in normalised(text).split() if len(w) >= MIN_WORD_CHARS)
