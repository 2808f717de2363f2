"""Split texts into sentences by rule, for English, French, Arabic, Spanish and Portuguese."""

from __future__ import annotations

import re

MAX_SENTENCE_CHARS = 400
MIN_SENTENCE_CHARS = 2

# A stop, question or exclamation mark (Latin, Arabic, ideographic), closing quotes, then space.
_END = re.compile(
    r"(?<=[.!?…؟۔。！？])[\"'»”’)\]]*\s+|\n\s*\n|\n(?=\s*[-•*–])|(?<=[؛;])\s*\n|\r?\n"
)

# Before one of these a full stop does not end a sentence.
_ABBREVIATIONS = frozenset(
    {
        *("dr", "mr", "mrs", "ms", "prof", "st", "eg", "e.g", "i.e", "ie", "etc", "vs", "fig"),
        *("figs", "no", "nos", "vol", "pp", "p", "approx", "dept", "univ", "inc", "ltd"),
        *("mme", "mlle", "mm", "me", "cf", "env", "ex", "art", "chap", "av", "apr", "tél"),
        *("sr", "sra", "srta", "ud", "uds", "dra", "dña", "núm", "pág", "págs", "aprox", "ee"),
        *("exmo", "exma", "sras", "eng", "arq", "lda", "profa", "prof.ª", "nº", "n°"),
    }
)
_OPENING = re.compile(r"[(\[\"'«“]")


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of *text* in order, without surrounding space and without empty ones.

    A full stop after an abbreviation, an initial or inside a number does not split. A sentence
    over 400 characters is cut at its last comma or space before that, so that one without any
    stop still gives pieces that can be quoted.
    """
    sentences: list[str] = []
    held = ""
    for piece in _END.split(text):
        part = " ".join(piece.split())
        if not part:
            continue
        held = f"{held} {part}" if held else part
        if not _is_abbreviated(held):
            sentences.extend(_cut(held))
            held = ""
    sentences.extend(_cut(held))
    return tuple(s for s in sentences if len(s) >= MIN_SENTENCE_CHARS)


def _is_abbreviated(text: str) -> bool:
    """Return whether the full stop at the end of *text* belongs to a word."""
    if not text.endswith("."):
        return False
    # Words are parted by single spaces here; an opening bracket or quote may stand before one.
    word = _OPENING.split(text[:-1].rpartition(" ")[2])[-1].lower()
    # An initial, or several with full stops between them ("U.S."), counts as one too.
    return bool(word) and (
        word in _ABBREVIATIONS or all(len(part) == 1 for part in word.split("."))
    )


def _cut(text: str) -> list[str]:
    pieces: list[str] = []
    while len(text) > MAX_SENTENCE_CHARS:
        head = text[:MAX_SENTENCE_CHARS]
        at = max(head.rfind(", "), head.rfind("، "), head.rfind("; ")) + 1
        if at < MAX_SENTENCE_CHARS // 3:
            at = head.rfind(" ") if head.rfind(" ") > 0 else MAX_SENTENCE_CHARS
        pieces.append(text[:at].strip())
        text = text[at:].strip()
    return [*pieces, text] if text else pieces
