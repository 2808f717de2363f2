"""Charts as SVG, drawn on the server: text that can be read aloud, mirrored for right-to-left.

Drawn for the width of a telephone, so that letters keep their size there; a style sheet gives the
classes their colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 340
ROW = 58
BAR = 12
# Room beside the longest bar for its figure.
FIGURE = 52
SIDE = 300
MARGIN = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One group with its two shares, each from 0 to 1 and as text."""

    label: str
    people: float
    attention: float
    people_text: str
    attention_text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader who cannot see a chart is told, and in which direction it runs."""

    id: str
    title: str
    description: str
    is_rtl: bool = False


def bars(words: Words, groups: Sequence[Bar]) -> Markup:
    """Return two horizontal bars for each group, all on one scale."""
    longest = max((max(one.people, one.attention) for one in groups), default=0.0) or 1.0
    scale = (WIDTH - FIGURE) / longest
    drawn = Markup().join(
        _group(words, one, top=number * ROW, scale=scale) for number, one in enumerate(groups)
    )
    return _figure(words, WIDTH, len(groups) * ROW, drawn)


def curve(words: Words, shares: Sequence[float]) -> Markup:
    """Return a Lorenz curve beside the line on which it would lie if all had the same."""
    steps = len(shares) - 1
    points = [
        (_across(words, MARGIN + SIDE * number / steps), MARGIN + SIDE * (1 - share))
        for number, share in enumerate(shares)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    start, end = _across(words, MARGIN), _across(words, MARGIN + SIDE)
    drawn = Markup(
        '<rect class="frame" x="{m}" y="{m}" width="{s}" height="{s}"/>'
        '<line class="equal" x1="{start}" y1="{bottom}" x2="{end}" y2="{m}"/>'
        '<polyline class="curve" points="{line}"/>'
    ).format(m=MARGIN, s=SIDE, start=start, end=end, bottom=MARGIN + SIDE, line=line)
    return _figure(words, WIDTH, SIDE + 2 * MARGIN, drawn)


def _group(words: Words, group: Bar, *, top: float, scale: float) -> Markup:
    label = _text(words, 0, top + 14, group.label, "label")
    lines = (
        (top + 21, "people", group.people, group.people_text),
        (top + 21 + BAR + 3, "attention", group.attention, group.attention_text),
    )
    return label + Markup().join(
        _bar(words, y, kind, value * scale)
        + _text(words, value * scale + 6, y + 10, text, "figure")
        for y, kind, value, text in lines
    )


def _bar(words: Words, y: float, kind: str, width: float) -> Markup:
    x = _across(words, width) if words.is_rtl else 0.0
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, round(x, 1), y, round(max(width, 0.5), 1), BAR
    )


def _text(words: Words, x: float, y: float, text: str, kind: str) -> Markup:
    # The start of a line is on its right in a right-to-left text.
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
        kind, round(_across(words, x), 1), y, text
    )


def _across(words: Words, x: float) -> float:
    return WIDTH - x if words.is_rtl else x


def _figure(words: Words, width: float, height: float, drawn: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img" '
        'aria-labelledby="{id}-title {id}-description" direction="{direction}">'
        '<title id="{id}-title">{title}</title><desc id="{id}-description">{description}</desc>'
        "{drawn}</svg>"
    ).format(
        w=width,
        h=height,
        id=words.id,
        direction="rtl" if words.is_rtl else "ltr",
        title=words.title,
        description=words.description,
        drawn=drawn,
    )
