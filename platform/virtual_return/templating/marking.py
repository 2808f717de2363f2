"""Mark what two sentences share, as `mark` elements."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from matching.marking import Piece, mark_shared


def marked(
    need_text: str, person_text: str, need_language: str | None, person_language: str | None
) -> tuple[Markup, Markup]:
    """Return both sentences, escaped, with the words marked that they share."""
    need, person = mark_shared(need_text, person_text, need_language, person_language)
    return _markup(need), _markup(person)


def _markup(pieces: Sequence[Piece]) -> Markup:
    mark = Markup("<mark>{}</mark>")
    return Markup("").join(
        mark.format(piece.text) if piece.is_shared else escape(piece.text) for piece in pieces
    )
