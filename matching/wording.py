"""Texts made ready for comparing word by word."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matching.documents import Passage
from matching.plan import normalised

# What `normalised` does to a text of plain letters, ten times as fast.
_KEPT = frozenset(string.ascii_letters + string.digits + "+#")
_ASCII = {code: (chr(code).lower() if chr(code) in _KEPT else " ") for code in range(128)}


@dataclass(frozen=True)
class Words:
    """A normalised text, one space at each end and between words, and the set of its words."""

    text: str
    words: frozenset[str]

    def have(self, label: str) -> bool:
        """Return whether *label*, normalised too, stands in the text as whole words."""
        first, _, _ = label.partition(" ")
        return first in self.words and f" {label} " in self.text


_KEPT_AS = "_words"


def words_of(passage: Passage) -> Words:
    """Return the text of *passage* normalised and split; a list asks for the same ones again.

    Kept with the passage itself, and so no longer than that: erased people leave nothing behind.
    """
    kept = vars(passage)
    words: Words | None = kept.get(_KEPT_AS)
    if words is None:
        words = kept[_KEPT_AS] = split(passage.text)
    return words


def split(text: str) -> Words:
    """Return *text* normalised (see `plan.normalised`) and split into words."""
    plain = plain_text(text)
    return Words(f" {plain} ", frozenset(plain.split()))


def may_have(text: str, words: Sequence[str]) -> bool:
    """Return False where *text* cannot have all these normalised words, at a small cost.

    A text of ASCII letters alone is looked through as it stands; others may have marks that
    normalising takes off.
    """
    if not text.isascii():
        return True
    lowered = text.lower()
    return all(word in lowered for word in words)


@lru_cache(maxsize=4096)
def plain_label(label: str) -> str:
    """Return `plan.normalised` of a label, remembered."""
    return plain_text(label)


def plain_text(text: str) -> str:
    """Return `plan.normalised` of *text*, by a short way where all its letters are ASCII."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    return normalised(text)
