"""Take out of a text who wrote it: names, pronouns, gendered forms, ages, origins, religions.

Runs before every embedding, on people and on needs alike, so that two texts that differ only in
such words give the same vector. It errs on the side of removing: what is lost is a country's name
in a passage, what is kept is that nobody ranks by one (docs/decisions/0011).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matching.lexicon import LANGUAGES, Lexicon, lexicon_of

# Part of every text's digest: raise it when this module's output changes, and vectors are remade.
NEUTRALISER_REVISION = "1"

_GONE = "\x00"
_TOKEN = re.compile(rf"{_GONE}|[^\W_]+(?:[-_][^\W_]+)*")
_NAME_PARTICLES = frozenset(
    {"de", "da", "do", "dos", "van", "von", "bin", "ben", "al", "el", "ibn", "bint", "la", "du"}
)
_ARABIC_PREFIX = re.compile(r"^(?:[وفبكل]?ال|لل|[وفبكل])(?=\w{3})")
_INCLUSIVE = re.compile(
    r"(?<=\w)(?:\((?:e|ne|a|trice|euse|ère|esse)s?\)|[·•](?:e|ne|trice|euse)(?:[·•]?s)?)"
)
# "Ouvrier / Ouvrière" has become "Ouvrier / Ouvrier": once will do.
_TWICE = re.compile(r"\b([^\W\d_]{4,}(?: [^\W\d_]+)?)\s*/\s*\1\b", re.IGNORECASE)
_MAX_SURNAMES = 2


def neutralise(text: str, language: str | None, known_names: Sequence[str] = ()) -> str:
    """Return *text* without words that tell who somebody is.

    *language* is an ISO 639-1 code; for None and for languages without a lexicon the English one
    is used. *known_names* are names of the person, removed in full and by part wherever they
    stand. Names not given here are found by introduction ("my name is"), by title and by a list.
    """
    rules = _rules(language if language in LANGUAGES else "en")
    text = _remove_known(text, known_names)
    text = _INCLUSIVE.sub("", text)
    for pattern in rules.patterns:
        text = pattern.sub(f" {_GONE} ", text)
    return _tidy(_rewrite(text, rules.lexicon))


def without_identity_words(text: str, known_names: Sequence[str] = ()) -> str:
    """Return *text* neutralised by all five lexicons: what language detection may look at.

    A language found on this does not depend on whose name stands in the text.
    """
    for language in LANGUAGES:
        text = neutralise(text, language, known_names)
    return text


@dataclass(frozen=True)
class _Rules:
    lexicon: Lexicon
    patterns: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=8)
def _rules(language: str) -> _Rules:
    lexicon = lexicon_of(language)
    capital = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*"
    name = rf"{capital}(?:\s+(?:(?:de|da|do|bin|al|el|van|von)\s+)?{capital}){{0,2}}"
    titles = _any(lexicon.honorifics)
    openings = _any(lexicon.introductions)
    sources = [
        *lexicon.ages,
        rf"(?<!\w)(?i:{openings})\s+(?:(?i:{titles})\.?\s+)?{name}",
        rf"(?<![\w'’])(?i:{titles})\.?\s+(?={capital}){name}" if language != "ar" else "",
        rf"(?<!\w)(?:{titles})\s*/?\s*{name}" if language == "ar" else "",
        rf"(?<!\w)(?:{_any(lexicon.phrases)})(?!\w)",
    ]
    return _Rules(lexicon, tuple(re.compile(source) for source in sources if source))


def _any(words: Sequence[str] | frozenset[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word) for word in ordered) or r"(?!)"


def _remove_known(text: str, known_names: Sequence[str]) -> str:
    for name in sorted(known_names, key=len, reverse=True):
        if not name.strip():
            continue
        text = re.sub(rf"(?<!\w){re.escape(name.strip())}(?!\w)", _GONE, text, flags=re.IGNORECASE)
        for part in name.split():
            if len(part) > 1 and part.casefold() not in _NAME_PARTICLES:
                text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", _GONE, text)
    return text


def _rewrite(text: str, lexicon: Lexicon) -> str:
    """Go through the words once, replacing those of the lexicon and the words tied to them."""
    pieces: list[str] = []
    end = 0
    surnames = 0
    protected = _protected_spans(text, lexicon)
    for found in _TOKEN.finditer(text):
        gap, word = text[end : found.start()], found.group()
        end = found.end()
        inside = any(a <= found.start() < b for a, b in protected)
        surnames = surnames - 1 if surnames and not gap.strip(" .'’") else 0
        new, is_name = (
            (word, False) if inside else _replacement(word, lexicon, after_name=surnames > 0)
        )
        if is_name:
            surnames = max(surnames, _MAX_SURNAMES + 1)
        elif new == word and not word[0].isupper() and word not in _NAME_PARTICLES:
            surnames = 0
        pieces.extend((gap, new))
        if new == _GONE or (new.casefold() in lexicon.equated.values()):
            _settle_article(pieces, lexicon, gone=new == _GONE)
    return "".join(pieces) + text[end:]


def _replacement(word: str, lexicon: Lexicon, *, after_name: bool) -> tuple[str, bool]:
    """Return what stands for *word*, and whether it is a given name that surnames may follow."""
    lower = word.casefold()
    bare = _ARABIC_PREFIX.sub("", word)
    if word in lexicon.given_names:
        return _GONE, True
    is_surname = after_name and word[0].isupper() and (len(word) == 1 or not word.isupper())
    is_removed = not lexicon.removed.isdisjoint((lower, bare))
    if is_removed or is_surname or not lexicon.capitalised.isdisjoint((word, bare)):
        return _GONE, False
    if (equal := lexicon.equated.get(lower)) is not None:
        return _cased_like(word, equal), False
    if (equal := lexicon.equated.get(bare)) is not None:
        return word[: len(word) - len(bare)] + equal, False
    return word, False


def _cased_like(word: str, new: str) -> str:
    return new[0].upper() + new[1:] if word[0].isupper() else new


def _settle_article(pieces: list[str], lexicon: Lexicon, *, gone: bool) -> None:
    """Drop the particles before a word that went, or put the article into its one form."""
    at = len(pieces) - 3
    if not gone:
        if at >= 0 and (article := lexicon.articles.get(pieces[at].casefold())):
            pieces[at] = _cased_like(pieces[at], article)
        return
    while at >= 0 and pieces[at].casefold() in lexicon.particles and pieces[at + 1] in " '’":
        pieces[at], pieces[at + 1] = _GONE, " "
        at -= 2


def _protected_spans(text: str, lexicon: Lexicon) -> list[tuple[int, int]]:
    lower = text.lower()
    spans = []
    for phrase in lexicon.protected:
        at = lower.find(phrase)
        while at >= 0:
            spans.append((at, at + len(phrase)))
            at = lower.find(phrase, at + 1)
    return spans


def _tidy(text: str) -> str:
    """Close the gaps: one space, no stray marks where words have gone."""
    text = re.sub(rf"\s*{_GONE}(?:[\s,/&]*{_GONE})*\s*", f" {_GONE} ", text)
    text = re.sub(rf"\(\s*{_GONE}\s*\)|\"\s*{_GONE}\s*\"", " ", text)
    text = re.sub(rf"(^|[.!?؟:;]\s)\s*{_GONE}\s*[,:;]?\s*", r"\1", text)
    text = text.replace(_GONE, " ")
    text = _TWICE.sub(r"\1", text)
    text = re.sub(r"([.!?؟])(?:\s*[.!?؟])+(?!\w)", r"\1", text)
    text = re.sub(r"\s+([.,;:!?)؟،؛])", r"\1", text)
    return " ".join(text.split()).lstrip(" ,;:-–/.").rstrip(" ,;:-–/")
