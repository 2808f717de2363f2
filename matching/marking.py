"""Mark the words that two sentences share, from nothing but the two sentences themselves.

What was cut out of a sentence cannot be told from its marks, and a stored pair is marked when it
is shown. docs/decisions/0040
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matching.stems import fold, is_stop_word, stem

MIN_LETTERS = 4
# In a language without a list of stop words, short words are taken for such.
MIN_LETTERS_UNLISTED = 6
LISTED = frozenset({"en", "fr", "ar", "es", "pt"})

# Letters with their accents and the vowel signs of Arabic; signs that end the name of a tool.
_WORD = re.compile(r"[\w\u0300-\u036f\u064b-\u0652\u0670]+(?:\+\+|#)?")
# What stands for words that were cut out; they are shared with nobody.
_PLACEHOLDER = re.compile(r"\[[^\[\]]*\]")
_BETWEEN = re.compile(r"[\s\-‑–]*")


@dataclass(frozen=True)
class Piece:
    """A part of a sentence, as written; `is_shared` where the other sentence says it too."""

    text: str
    is_shared: bool = False


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    key: str


def mark_shared(
    first: str, second: str, first_language: str | None, second_language: str | None
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both sentences in pieces whose texts, joined, are the sentences again.

    Within one language words are shared that have one stem. Across languages, or where a
    language is unknown, only terms are that are written the same in both: abbreviations, and
    names with a digit in them ("GIS", "ISO 17025"). Words that look alike across languages often
    mean different things, so those are left unmarked.
    """
    language = first_language if first_language == second_language else None
    ours, theirs = list(_words(first, language)), list(_words(second, language))
    shared = {word.key for word in ours} & {word.key for word in theirs}
    return _pieces(first, ours, shared), _pieces(second, theirs, shared)


def _words(text: str, language: str | None) -> Iterator[_Word]:
    hidden = [found.span() for found in _PLACEHOLDER.finditer(text)]
    for found in _WORD.finditer(text):
        if any(start <= found.start() < end for start, end in hidden):
            continue
        if key := _key(found.group(), language):
            yield _Word(found.start(), found.end(), key)


def _key(word: str, language: str | None) -> str:
    """Return what two words must have in common to be shared; nothing for one that says little."""
    if is_term(word):
        return f"={fold(word)}"
    plain = fold(word)
    if language is None or len(plain) < _least(language) or not plain.isalpha():
        return ""
    return "" if is_stop_word(word, language) else stem(word, language)


def is_term(word: str) -> bool:
    """Return whether *word* is written as an abbreviation or as the name of a tool or standard.

    A bare number of one or two digits is none: it is an hour, a week, an age.
    """
    letters = [sign for sign in word if sign.isalpha()]
    if word.isdigit():
        return len(word) > 2
    if any(sign.isdigit() for sign in word) or word.endswith(("+", "#")):
        return True
    return 2 <= len(letters) <= 6 and word.isupper() and word.isascii()


def _least(language: str) -> int:
    return MIN_LETTERS if language in LISTED else MIN_LETTERS_UNLISTED


def _pieces(text: str, words: list[_Word], shared: set[str]) -> tuple[Piece, ...]:
    spans: list[tuple[int, int]] = []
    for word in words:
        if word.key not in shared:
            continue
        # "drip irrigation" is one mark rather than two.
        if spans and _BETWEEN.fullmatch(text, spans[-1][1], word.start):
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return tuple(_cut(text, spans))


def _cut(text: str, spans: list[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end in spans:
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], is_shared=True)
        at = end
    if at < len(text):
        yield Piece(text[at:])
