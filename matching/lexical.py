"""The lexical leg: rare words of a need that stand word by word in the passages that scored.

Embeddings blur exact terms: tools, standards, organisms, places. This leg looks for them within
one language, in the best passages of those who are examined anyway, and adds a small bounded
bonus. It retrieves nobody and takes nothing away (docs/decisions/0035 has the measurements).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.documents import NeedDocument, Passage, PersonDocument
from matching.lexicon import LANGUAGES, lexicon_of
from matching.plan import passage_id_of, passage_language
from matching.stems import is_stop_word
from matching.wording import plain_text, words_of

RARITY = Path(__file__).parent / "data" / "word_rarity.npz"

# Minus the logarithm of a word's probability (natural, XLM-R's vocabulary): "water" has 11.3,
# "training" 12.1, "python" 13.8; "irrigation" is not in it and counts as RAREST.
RARE = 12.5
RAREST = 15.0
# Texts of one field share so much of their rarity by chance; only what is above counts.
USUAL_SHARE = 0.2
# Four rare words at least are taken for the whole, so that one word in common is not everything.
LEAST_WHOLE = 4 * RAREST
WEIGHT = 0.3
MAX_BONUS = 0.06
MIN_NUMBER_DIGITS = 4
YEARS = range(1900, 2100)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
# Article, "and", "with", "for" and the like are written together with the word after them.
_ARABIC_PREFIXES = ("", "ال", "وال", "بال", "كال", "فال", "وبال", "لل", "ولل", "و", "ب", "ل")


@dataclass(frozen=True)
class Terms:
    """The rare words of one need by language: each form of a word, the word, and its rarity."""

    by_language: Mapping[str, Mapping[str, str]]
    rarity: Mapping[str, float]

    @cached_property
    def forms(self) -> Mapping[str, frozenset[str]]:
        """The forms alone: two sets are held against each other by the smaller one."""
        return {language: frozenset(forms) for language, forms in self.by_language.items()}

    @cached_property
    def whole(self) -> float:
        return max(sum(self.rarity.values()), LEAST_WHOLE)


@dataclass(frozen=True)
class LexicalScore:
    """What to add to a score (0 to MAX_BONUS), and the words that both texts use, rarest first."""

    value: float
    matched: tuple[str, ...] = ()


NO_LEXICAL_SCORE = LexicalScore(0.0)


def compile_terms(need: NeedDocument) -> Terms:
    """Return the rare words of *need*; remembered, because a need meets many people.

    Left out are words that tell who somebody is (names, peoples, countries, professions that have
    a gender), numbers short enough for an age, years, and the need's `known_names`.
    """
    return _compiled(need.passages, need.known_names)


def lexical_score(terms: Terms, person: PersonDocument, items: Iterable[str]) -> LexicalScore:
    """Score the passages of *person* that *items* name (item keys of those that scored).

    A word counts once, in a passage of the language in which the need uses it, and not if it is
    part of one of the person's `known_names`.
    """
    if not terms.rarity:
        return NO_LEXICAL_SCORE
    scored = set(map(passage_id_of, items))
    found: set[str] = set()
    for passage in person.passages:
        if passage.id in scored:
            found |= _shared(terms, passage)
    found -= _name_words(person.known_names)
    if not found:
        return NO_LEXICAL_SCORE
    share = sum(terms.rarity[word] for word in found) / terms.whole
    value = min(MAX_BONUS, WEIGHT * max(0.0, share - USUAL_SHARE))
    return LexicalScore(value, tuple(sorted(found, key=lambda w: (-terms.rarity[w], w))))


@lru_cache(maxsize=2048)
def _compiled(passages: tuple[Passage, ...], known_names: tuple[str, ...]) -> Terms:
    by_language: dict[str, dict[str, str]] = {}
    rarity: dict[str, float] = {}
    barred = _telling_words() | _name_words(known_names)
    for passage in passages:
        language = passage_language(passage)
        if language is None:
            continue
        words = [w for w in words_of(passage).words if _may_count(w, language, barred)]
        rare = {w: r for w, r in zip(words, rarity_of(words), strict=True) if r >= RARE}
        rarity |= rare
        forms = by_language.setdefault(language, {})
        forms |= {form: word for word in rare for form in _forms(word, language)}
    return Terms(by_language, rarity)


def rarity_of(words: Sequence[str]) -> list[float]:
    """Return minus the log probability of each normalised word, RAREST where it is not known."""
    keys, tenths = _table()
    asked = np.asarray([zlib.crc32(word.encode()) for word in words], dtype=np.uint32)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    known = keys[at] == asked
    return [float(value) for value in np.where(known, tenths[at] / 10.0, RAREST)]


@lru_cache(maxsize=1)
def _table() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    with np.load(RARITY) as stored:
        return stored["keys"], stored["tenths"]


def _shared(terms: Terms, passage: Passage) -> set[str]:
    """Return the words of the need in *passage*, if both are in one language.

    Words are compared first: most passages share none, and finding a language takes longer.
    """
    words = words_of(passage).words
    met = [
        (language, forms)
        for language, forms in terms.by_language.items()
        if not words.isdisjoint(terms.forms[language])
    ]
    if not met:
        return set()
    own = passage_language(passage)
    return {
        forms[form] for language, forms in met if language == own for form in forms.keys() & words
    }


def _may_count(word: str, language: str, barred: Collection[str]) -> bool:
    if len(word) < 2 or word in barred or is_stop_word(word, language):
        return False
    if word.isdigit():
        return len(word) >= MIN_NUMBER_DIGITS and int(word) not in YEARS
    return language != "ar" or _without_prefix(word) not in barred


def _forms(word: str, language: str) -> Iterable[str]:
    if language != "ar":
        return (word,)
    bare = _without_prefix(word)
    return (word, *(prefix + bare for prefix in _ARABIC_PREFIXES))


def _without_prefix(word: str) -> str:
    for prefix in ("وبال", "ولل", "وال", "بال", "كال", "فال", "ال", "لل"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    return word


def _name_words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in plain_text(name).split())


@lru_cache(maxsize=1)
def _telling_words() -> frozenset[str]:
    """Return every word of the lexicons by which two forms of one profile may differ."""
    words: set[str] = set()
    for language in LANGUAGES:
        lexicon = lexicon_of(language)
        words.update(lexicon.given_names, lexicon.removed, lexicon.capitalised, lexicon.honorifics)
        words.update(lexicon.equated, lexicon.equated.values(), lexicon.phrases)
        words.update(lexicon.articles, lexicon.articles.values(), lexicon.introductions)
        words.update(_LETTERS.findall(" ".join(lexicon.ages)))
    return frozenset(part for word in words for part in plain_text(word).split())
