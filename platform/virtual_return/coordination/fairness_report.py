"""The report on fairness: lines for a terminal, and one page that needs nothing beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from flask import render_template
from markupsafe import Markup

from virtual_return.config import ROOT
from virtual_return.coordination import charts
from virtual_return.coordination import fairness_words as words
from virtual_return.coordination.charts import Bar, Words
from virtual_return.coordination.exposure import Fairness
from virtual_return.coordination.fairness_words import Section
from virtual_return.i18n import gettext as _
from virtual_return.i18n import text_direction
from virtual_return.templating.filters import colon

STYLES = (ROOT / "static" / "css" / "tokens.css", Path(__file__).with_name("fairness_report.css"))


def text(found: Fairness) -> str:
    """Return the report as plain text."""
    lines = [words.title(), words.period(found), "", *words.notes(found)]
    if totals := words.totals(found):
        lines += ["", *(f"{colon(name)} {value}" for name, value in totals)]
    for section in words.sections(found):
        lines += ["", section.title]
        lines += _aligned([words.headings(), *(row.cells for row in section.rows)])
    if points := words.spread(found):
        lines += ["", _("How attention is spread"), *_aligned(points)]
    return "\n".join(lines) + "\n"


def html(found: Fairness) -> str:
    """Return the report as one HTML file with its charts and styles inside."""
    # Our own files, which hold no text of anybody.
    style = "\n".join(file.read_text(encoding="utf-8") for file in STYLES)
    sections = words.sections(found)
    return render_template(
        "coordination/fairness_report.html",
        style=Markup(f"<style>{style}</style>"),  # noqa: S704
        title=words.title(),
        period=words.period(found),
        notes=words.notes(found),
        totals=words.totals(found),
        headings=words.headings(),
        sections=[(section, _chart(section)) for section in sections],
        curve=_curve(found) if found.lorenz else None,
        spread=words.spread(found),
    )


def _chart(section: Section) -> Markup:
    description = _("Two bars for each group: its share of the people, and its share of attention.")
    groups = [
        Bar(
            row.label,
            row.people_share,
            row.attention_share,
            words.percent(row.people_share),
            words.percent(row.attention_share),
        )
        for row in section.rows
    ]
    return charts.bars(_words(section.id, section.title, description), groups)


def _curve(found: Fairness) -> Markup:
    title = _("How attention is spread")
    description = _(
        "People from the least to the most shown, against the attention that they got together. "
        "The lower the curve, the more unevenly attention is spread."
    )
    return charts.curve(_words("spread", title, description), found.lorenz)


def _words(id: str, title: str, description: str) -> Words:
    return Words(f"chart-{id}", title, description, is_rtl=text_direction() == "rtl")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows of a table, the first column to its start and the figures to their end."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + row[0]
        + " " * (widths[0] - _width(row[0]))
        + "".join(
            " " * (2 + width - _width(cell)) + cell
            for cell, width in zip(row[1:], widths[1:], strict=True)
        )
        for row in rows
    ]


def _width(text: str) -> int:
    """Return how many columns a terminal needs: marks of direction and accents need none."""
    return sum(unicodedata.category(letter) not in {"Cf", "Mn"} for letter in text)
