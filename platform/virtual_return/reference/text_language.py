"""The language of what somebody wrote: found in the text, corrected by its author."""

from __future__ import annotations

from matching.language import detect_language


def language_of(
    chosen: str | None, text: str, author_locale: str, *, before: tuple[str | None, str] | None
) -> str | None:
    """Return the language of *text*, which its author may have chosen in the form.

    *before* is the language and text that were saved. A form shows the language that was found;
    left as it is below a new text, it was not chosen and is found anew. A correction stays.
    """
    if chosen:
        was_found = before is not None and before[0] == chosen == detected(before[1], author_locale)
        if not was_found or before is None or before[1] == text:
            return chosen
    return detected(text, author_locale)


def detected(text: str, author_locale: str) -> str | None:
    """Return the language of a text; one too short to tell is taken for the author's own."""
    return detect_language(text, author_locale).language if text.strip() else None
