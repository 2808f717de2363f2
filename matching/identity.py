"""Replace what identifies a person in a text by placeholders, for anonymous display."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class PlaceholderKind(StrEnum):
    """What stood where a placeholder stands; a page translates it."""

    NAME = "name"
    EMPLOYER = "employer"
    PLACE = "place"
    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    HANDLE = "handle"
    IDENTIFIER = "identifier"


@dataclass(frozen=True)
class Known:
    """A text known to identify a person, and what it is."""

    text: str
    kind: PlaceholderKind = PlaceholderKind.NAME


@dataclass(frozen=True)
class Placeholder:
    """A gap in a masked text."""

    kind: PlaceholderKind


@dataclass(frozen=True)
class MaskedText:
    """A text in parts: strings to print as they are, and placeholders to translate."""

    parts: tuple[str | Placeholder, ...]

    @property
    def is_masked(self) -> bool:
        """Whether anything was taken out."""
        return any(isinstance(part, Placeholder) for part in self.parts)

    def render(self, name_of: Callable[[PlaceholderKind], str] = str) -> str:
        """Return the text with each placeholder as *name_of* its kind in square brackets."""
        return "".join(
            part if isinstance(part, str) else f"[{name_of(part.kind)}]" for part in self.parts
        )


_DIGIT = r"[0-9٠-٩۰-۹]"
_PATTERNS: tuple[tuple[PlaceholderKind, re.Pattern[str]], ...] = (
    (
        PlaceholderKind.EMAIL,
        re.compile(
            r"[\w.+%-]+\s?(?:@|\(at\)|\[at\]|\{at\}|\s+at\s+(?=[\w-]+\s+dot\s))\s?[\w-]+"
            r"(?:\s?(?:\.|\(dot\)|\[dot\]|\s+dot\s+)\s?[\w-]+)+",
            re.IGNORECASE,
        ),
    ),
    (PlaceholderKind.IDENTIFIER, re.compile(r"(?:https?://)?(?:www\.)?orcid\.org/\S+", re.I)),
    (PlaceholderKind.LINK, re.compile(r"\b(?:https?|ftp)://[^\s<>\"]+[^\s<>\".,;:!?)]", re.I)),
    (
        PlaceholderKind.LINK,
        re.compile(
            r"(?<![\w@.])(?:www\.)?(?:[a-z0-9][a-z0-9-]*\.)+(?:com|org|net|edu|gov|info|io|ai|me|co|"
            r"academy|university|eu|africa|fr|uk|de|es|pt|br|ca|us|ch|be|nl|it|se|no|dk|so|ke|sn|ma"
            r"|tn|dz|eg|sd|et|gh|ng|cm|ci|ml|mx|ar|pe|cl|ve|jo|lb|sy|iq|ps|ly|int)"
            r"(?:/[^\s<>\"]*[^\s<>\".,;:!?)])?(?![\w@])",
            re.I,
        ),
    ),
    (
        PlaceholderKind.IDENTIFIER,
        re.compile(r"\b(?:\d{4}-){3}\d{3}[\dXx]\b|\b10\.\d{4,9}/\S+[^\s.,;)]"),
    ),
    (
        PlaceholderKind.IDENTIFIER,
        re.compile(r"\b(?:scopus|researcher\s?id|wos)[\s:#]*[A-Z0-9-]{6,}", re.I),
    ),
    (
        PlaceholderKind.PHONE,
        re.compile(
            rf"(?<![\w.,-])(?:\+|00|\(\+?)?{_DIGIT}(?:[\s().\-/]{{0,2}}{_DIGIT}){{7,14}}(?!\w)"
        ),
    ),
    (PlaceholderKind.HANDLE, re.compile(r"(?<![\w.])@[A-Za-z0-9_](?:[\w.-]*[\w-])?")),
    (
        PlaceholderKind.HANDLE,
        re.compile(
            r"\b(?:linkedin|twitter|github|facebook|skype|telegram|instagram)\s*[:=]\s*\S+", re.I
        ),
    ),
)
# Two years with a dash look like a telephone number of eight digits.
_YEARS = re.compile(r"\(?(?:19|20)\d\d\s?[-–/.]\s?(?:19|20)\d\d\)?")


def mask_identity(text: str, known: Sequence[str | Known] = ()) -> MaskedText:
    """Return *text* with identifying strings replaced by placeholders.

    *known* are names, employers and places of the person (a plain string counts as a name);
    names also go by their parts. Links, e-mail addresses (spelt-out ones too), telephone numbers,
    @handles, ORCID iDs and DOIs are found by their form. What only context reveals stays: a
    person approves the masked text before anybody sees it.
    """
    parts: tuple[str | Placeholder, ...] = (text,)
    for kind, pattern in [*_known_patterns(known), *_PATTERNS]:
        parts = tuple(new for part in parts for new in _apply(part, kind, pattern))
    return MaskedText(_joined(parts))


def _apply(
    part: str | Placeholder, kind: PlaceholderKind, pattern: re.Pattern[str]
) -> Iterable[str | Placeholder]:
    if isinstance(part, Placeholder):
        return [part]
    pieces: list[str | Placeholder] = []
    end = 0
    for found in pattern.finditer(part):
        if kind is PlaceholderKind.PHONE and _YEARS.fullmatch(found.group().strip()):
            continue
        pieces.extend((part[end : found.start()], Placeholder(kind)))
        end = found.end()
    return [piece for piece in (*pieces, part[end:]) if piece != ""]


def _known_patterns(known: Sequence[str | Known]) -> list[tuple[PlaceholderKind, re.Pattern[str]]]:
    entries = [entry if isinstance(entry, Known) else Known(entry) for entry in known]
    wholes = [(entry.text.strip(), entry.kind) for entry in entries if entry.text.strip()]
    words = [
        (part.strip(".,"), kind)
        for text, kind in wholes
        if kind is PlaceholderKind.NAME
        for part in text.split()
        if len(part.strip(".,")) > 2
    ]
    ordered = sorted(dict.fromkeys(wholes), key=lambda pair: -len(pair[0]))
    parts = sorted(dict.fromkeys(words), key=lambda pair: -len(pair[0]))
    return [(kind, _word(text, re.IGNORECASE)) for text, kind in ordered] + [
        (kind, _word(text, re.NOFLAG)) for text, kind in parts
    ]


def _word(text: str, flags: re.RegexFlag) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(part) for part in text.split())
    return re.compile(rf"(?<!\w){spaced}(?:['’]s)?(?!\w)", flags)


def _joined(parts: Iterable[str | Placeholder]) -> tuple[str | Placeholder, ...]:
    """Put neighbouring strings together, and one placeholder for a run of the same kind."""
    joined: list[str | Placeholder] = []
    for part in parts:
        if isinstance(part, Placeholder) and len(joined) > 1 and joined[-2:] == [part, " "]:
            joined.pop()
        elif isinstance(part, Placeholder) and joined and joined[-1] == part:
            continue
        else:
            joined.append(part)
    return tuple(joined)
