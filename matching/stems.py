"""Reduce words to stems, so that "trained" meets "training"; for what is shown, never for scores.

The stemmers are Snowball's own (Porter, 2001, snowballstem.org), in C, for thirty languages.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from pathlib import Path

import Stemmer

STOP_WORDS_FILE = Path(__file__).parent / "data" / "stop_words.txt"
# Of the languages in `language.LANGUAGES`, those that Snowball knows.
ALGORITHMS = {
    "en": "english", "fr": "french", "ar": "arabic", "es": "spanish", "pt": "portuguese",
    "de": "german", "it": "italian", "nl": "dutch", "ru": "russian", "pl": "polish",
    "ro": "romanian", "tr": "turkish", "fa": "persian", "hi": "hindi", "id": "indonesian",
    "el": "greek", "sv": "swedish", "sr": "serbian",
}  # fmt: skip

WITH_VOWEL_SIGNS = frozenset({"ar", "fa"})

# By so many different small words a language must be ahead of all others.
PLAINLY = 2
_WORD = re.compile(r"[^\W\d_]+")

# A stemmer keeps a cache that two threads must not write at once.
_local = threading.local()


def stem(word: str, language: str | None) -> str:
    """Return the stem of *word*, folded; the folded word itself in a language without stemmer."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return fold(word)
    # Vowel signs hide endings from the stemmer, accents of Latin letters tell it of them.
    plain = fold(word) if language in WITH_VOWEL_SIGNS else word.casefold()
    return fold(stemmer.stemWord(plain))


def fold(word: str) -> str:
    """Return *word* without case, accents, vowel signs of Arabic and its stretching line."""
    if word.isascii():
        return word.casefold()
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(sign for sign in plain if not unicodedata.combining(sign) and sign != "ـ")


def is_stop_word(word: str, language: str | None) -> bool:
    """Return whether *word* holds a sentence together rather than saying something."""
    return fold(word) in _stop_words().get(language or "", frozenset())


def is_plainly_in(text: str, language: str) -> bool:
    """Return whether the small words of *text* are those of *language* rather than of any other.

    For most sentences of a text whose language is known this spares finding it again, which takes
    ten times as long. False says nothing.
    """
    lists = _stop_words()
    words = {fold(word) for word in _WORD.findall(text)}
    held = len(words & lists.get(language, frozenset()))
    return held >= PLAINLY and all(
        held - len(words & other) >= PLAINLY for code, other in lists.items() if code != language
    )


def _stemmer(language: str | None) -> Stemmer.Stemmer | None:
    algorithm = ALGORITHMS.get(language or "")
    if algorithm is None:
        return None
    made: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("made", {})
    if algorithm not in made:
        # Without its cache of words: those of people who have erased their profile would stay.
        made[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return made[algorithm]


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    """Return the words of each language, written by hand for the five of the product."""
    lines = STOP_WORDS_FILE.read_text(encoding="utf-8").splitlines()
    parted = (line.partition(":") for line in lines if line)
    return {code: frozenset(map(fold, words.split())) for code, _, words in parted}
