"""Whether a sentence that was quoted once may still be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypedDict

from virtual_return.experts.privacy import AnonymousExpert

# What stands for words that were taken out; it is in the language of whoever read it first.
PLACEHOLDER = re.compile(r"\[[^\[\]]*\]")


class Quote(TypedDict):
    """Two sentences that met, as an invitation keeps them."""

    need_text: str
    need_language: str | None
    person_text: str
    person_language: str | None


def still_approved(
    pairs: Iterable[Mapping[str, str | None]], profile: AnonymousExpert
) -> tuple[Quote, ...]:
    """Return the stored pairs whose sentence stands in what the person approves today.

    A person may have changed a text, taken an approval back, or named an employer since.
    """
    texts = [_plain(text) for text in _approved(profile)]
    return tuple(
        Quote(
            need_text=pair.get("need_text") or "",
            need_language=pair.get("need_language"),
            person_text=pair.get("person_text") or "",
            person_language=pair.get("person_language"),
        )
        for pair in pairs
        if _stands_in(pair.get("person_text") or "", texts)
    )


def _approved(profile: AnonymousExpert) -> Iterable[str]:
    yield from (profile.headline, profile.about)
    # As `documents` writes them in one line.
    yield ", ".join(skill.label for skill in profile.skills)
    for item in profile.evidence:
        yield from (item.title, item.text)


def _stands_in(sentence: str, texts: list[str]) -> bool:
    plain = _plain(sentence)
    return any(plain in text for text in texts) if plain.strip("… ") else False


def _plain(text: str) -> str:
    """Return a text with every placeholder alike and single spaces, as sentences are kept."""
    return " ".join(PLACEHOLDER.sub("…", text).split())
