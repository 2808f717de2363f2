"""Take out of a text who wrote it: names, pronouns, gendered forms, ages, origins, religions.

Runs before every embedding, on people and on needs alike, so that two texts that differ only in
such words give the same vector. It errs on the side of removing: what is lost is a country's name
in a passage, what is kept is that nobody ranks by one (docs/decisions/0011).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matching.lexicon import LANGUAGES, Lexicon, lexicon_of

# Part of every text's digest: raise it when this module's output changes, and vectors are remade.
NEUTRALISER_REVISION = "2"

_GONE = "\x00"
_TOKEN = re.compile(rf"{_GONE}|[^\W_]+(?:[-_][^\W_]+)*")
_NAME_PARTICLES = frozenset(
    {"de", "da", "do", "dos", "van", "von", "bin", "ben", "al", "el", "ibn", "bint", "la", "du"}
)
# What Arabic writes together with the next word: and, then, with, as, for, will, the.
_ARABIC_PREFIXES = tuple(
    first + second
    for first in ("", "و", "ف")
    for second in ("", "ال", "لل", "بال", "كال", "ب", "ك", "ل", "س")
    if first + second
)
# Vowel signs and the stroke that lengthens a word: written or not, it is the same word.
_ARABIC_MARKS = re.compile(r"[\u064b-\u0652\u0670\u0640]")
# Where an Arabic name ends, since no capital tells: a word that is none, or joined by "and".
_NO_ARABIC_NAME = r"(?:[وف]?(?:أنا|هو|هي|في|من|على|إلى|عن|مع)\b|و(?!ليد|ائل|سيم|فاء|ائد)|{jobs})"
# Pictures of somebody, and addresses, which mostly hold a name: none of it tells what one can do.
_LINKS = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>|data:image/\S+"
    r"|(?:https?://|www\.)\S*[^\s.,;:!?)\]»،؛]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b(?:[\w-]+\.)+(?:com|org|net|edu|gov|int|info|io|me|eu|uk|fr|de|es|pt|br)/\S*[^\s.,;:!?)\]»،؛]"
    r"|\b[\w-]+\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?|svg)\b",
    re.IGNORECASE,
)
# "Ms Nadia Haddad, an Iraqi, 52, models": a number between commas, after who somebody is.
_BARE_AGE = re.compile(rf"{_GONE}[\s,،]*[,،]\s*[\d٠-٩]{{2}}(?:\s*(?:سنة|عاما|عام))?(?=\s*[,،.;)])")
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
    text = _remove_known(_LINKS.sub(f" {_GONE} ", text), known_names)
    text = _INCLUSIVE.sub("", text)
    if language == "ar":
        text = _ARABIC_MARKS.sub("", text)
    for pattern in rules.patterns:
        text = pattern.sub(f" {_GONE} ", text)
    return _tidy(_rewrite(re.sub(r"[ \t]+", " ", text), rules))


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
    subject: re.Pattern[str]


@lru_cache(maxsize=8)
def _rules(language: str) -> _Rules:
    lexicon = lexicon_of(language)
    titles = _any(lexicon.honorifics)
    openings = _any(lexicon.introductions)
    name = _arabic_name(lexicon) if language == "ar" else _capital_name()
    joined = r"[وفلبك]?" if language == "ar" else ""
    sources = [
        *lexicon.ages,
        rf"(?<!\w)(?i:{openings})\s+(?:(?i:{titles})\.?\s+)*{name}",
        rf"(?<![\w'’]){joined}(?:(?i:{titles})\.?\s*/?\s+)+{name}",
        rf"(?<!\w)(?:{_any(lexicon.phrases)})(?!\w)",
    ]
    patterns = tuple(re.compile(source) for source in sources)
    return _Rules(lexicon, patterns, _subject(language, lexicon))


def _capital_name() -> str:
    capital = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*"
    initials = r"(?:[^\W\d_a-zß-öø-ÿ]\.\s*)*"
    # "a father I know": the first is more than one letter.
    return (
        rf"{initials}(?={capital[:-1]}+){capital}"
        rf"(?:\s+(?:(?:de|da|do|bin|al|el|van|von)\s+)?{capital}){{0,2}}"
    )


def _arabic_name(lexicon: Lexicon) -> str:
    no_name = _NO_ARABIC_NAME.format(
        jobs=rf"(?:[وفبكل]|ال)*(?:{_any(frozenset(lexicon.equated))})\b"
    )
    word = rf"(?!{no_name})[^\W\d_]+"
    return rf"{word}(?:\s+{word}){{0,2}}"


def _subject(language: str, lexicon: Lexicon) -> re.Pattern[str]:
    """Find a subject with the adjective of a people or a religion beside it, as in "Arab music"."""
    if language == "en":
        # "An Arab music ..." goes on with a person.
        return re.compile(
            r"(?P<holder>\b[Aa]n?\s+)?\b(?P<one>\w+)(?:\s+(?:and|or)\s+(?P<two>\w+))?\s+"
            rf"(?i:{lexicon.subjects})"
        )
    article = r"[وفبكل]?" if language == "ar" else ""
    return re.compile(
        rf"(?:\b(?P<holder>{lexicon.holders})\s+(?:de\s+|d['’]|en\s+|em\s+)(?:l['’]|la\s+)?)?"
        rf"(?<!\w){article}(?:{lexicon.subjects})\s+(?:ال)?(?P<one>\w+)(?P<two>(?!))?",
        re.IGNORECASE,
    )


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


def _rewrite(text: str, rules: _Rules) -> str:
    """Go through the words once, replacing those of the lexicon and the words tied to them."""
    lexicon = rules.lexicon
    pieces: list[str] = []
    end = 0
    surnames = 0
    after_work = False
    protected = _protected_spans(text, rules)
    for found in _TOKEN.finditer(text):
        gap, word = text[end : found.start()], found.group()
        end = found.end()
        inside = any(a < found.end() and found.start() < b for a, b in protected)
        surnames = surnames - 1 if surnames and not gap.strip(" .'’") else 0
        new, is_name = (
            (word, False) if inside else _replacement(word, lexicon, after_name=surnames > 0)
        )
        if is_name:
            surnames = max(surnames, _MAX_SURNAMES + 1)
        elif after_work and not gap.strip() and word.casefold() in lexicon.followers:
            new = lexicon.followers[word.casefold()]
        elif new == word and not word[0].isupper() and word not in _NAME_PARTICLES:
            surnames = 0
        after_work = word.casefold() in lexicon.equated or (
            after_work and new in lexicon.followers.values()
        )
        pieces.extend((gap, new))
        if new == _GONE or (new.casefold() in lexicon.equated.values()):
            _settle_article(pieces, lexicon, gone=new == _GONE)
    return "".join(pieces) + text[end:]


def _replacement(word: str, lexicon: Lexicon, *, after_name: bool) -> tuple[str, bool]:
    """Return what stands for *word*, and whether it is a given name that surnames may follow."""
    if word in lexicon.given_names:
        return _GONE, True
    if after_name and word[0].isupper() and (len(word) == 1 or not word.isupper()):
        return _GONE, False
    for bare in _bare_forms(word):
        lower = bare.casefold()
        if lower in lexicon.removed or bare in lexicon.capitalised:
            return _GONE, False
        if (equal := lexicon.equated.get(lower)) is not None:
            return word[: len(word) - len(bare)] + _cased_like(bare, equal), False
    return word, False


def _bare_forms(word: str) -> Iterator[str]:
    """Yield *word*, and of an Arabic one what is left without what is joined to its front."""
    yield word
    if word >= "\u0600":
        for prefix in _ARABIC_PREFIXES:
            if word.startswith(prefix) and len(word) > len(prefix) + 1:
                yield word[len(prefix) :]


def _cased_like(word: str, new: str) -> str:
    return new[0].upper() + new[1:] if word[0].isupper() else new


def _settle_article(pieces: list[str], lexicon: Lexicon, *, gone: bool) -> None:
    """Drop the particles before a word that went, or put the article into its one form."""
    at = len(pieces) - 3
    if not gone:
        # "la primera jueza": whatever agrees with it, one after the other.
        while at >= 0 and (article := lexicon.articles.get(pieces[at].casefold())):
            pieces[at] = _cased_like(pieces[at], article)
            at -= 2
        return
    while at >= 0 and pieces[at].casefold() in lexicon.particles and pieces[at + 1] in " '’":
        pieces[at], pieces[at + 1] = _GONE, " "
        at -= 2


def _protected_spans(text: str, rules: _Rules) -> list[tuple[int, int]]:
    lower = text.lower()
    spans = []
    for phrase in rules.lexicon.protected:
        at = lower.find(phrase)
        while at >= 0:
            spans.append((at, at + len(phrase)))
            at = lower.find(phrase, at + 1)
    for found in rules.subject.finditer(text):
        if found["holder"] is None:
            spans += [
                found.span(group)
                for group in ("one", "two")
                if found[group] and found[group].lower() in rules.lexicon.adjectives
            ]
    return spans


def _tidy(text: str) -> str:
    """Close the gaps: one space, no stray marks where words have gone."""
    text = _BARE_AGE.sub(_GONE, text)
    text = re.sub(rf"\s*{_GONE}(?:[\s,/&]*{_GONE})*\s*", f" {_GONE} ", text)
    text = re.sub(rf"\(\s*{_GONE}\s*\)|\"\s*{_GONE}\s*\"", " ", text)
    text = re.sub(rf"(^|[.!?؟:;]\s)\s*{_GONE}\s*[,:;]?\s*", r"\1", text)
    text = text.replace(_GONE, " ")
    text = _TWICE.sub(r"\1", text)
    text = re.sub(r"([.!?؟])(?:\s*[.!?؟])+(?!\w)", r"\1", text)
    text = re.sub(r"\s+(\.(?!\w)|[,;:!?)؟،؛])", r"\1", text)
    text = re.sub(r"([,،])(?:\s*[,،])+", r"\1", text)
    return " ".join(text.split()).lstrip(" ,;:-–/.").rstrip(" ,;:-–/")
