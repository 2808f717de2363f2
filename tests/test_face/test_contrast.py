"""Every pair of colours that meets on a page, measured as WCAG 2.2 does, in light and dark."""

from __future__ import annotations

import re

import pytest

TEXT = 4.5
DRAWING = 3.0
GROUNDS = ("ground", "surface", "sunken")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft") for ground in GROUNDS),
    *(("ink", f"{tone}-tint", TEXT) for tone in ("sea", "sun", "good", "warn", "bad")),
    *((link, ground, TEXT) for link in ("sea", "sea-deep") for ground in GROUNDS),
    ("sea-deep", "sea-tint", TEXT),
    ("on-sea", "sea", TEXT),
    ("on-sea", "sea-deep", TEXT),
    *((tone, f"{tone}-tint", TEXT) for tone in ("good", "warn", "bad")),
    *(("bad", ground, TEXT) for ground in ("ground", "surface")),
    *((mark, back, DRAWING) for mark in ("sun", "line-strong", "focus") for back in GROUNDS),
    ("sun", "sun-tint", DRAWING),
    ("sea", "sea-tint", DRAWING),
    ("focus", "bad-tint", DRAWING),
    ("focus", "sea-tint", DRAWING),
]  # fmt: skip


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture
def themes(styles: dict[str, str]) -> dict[str, dict[str, str]]:
    light, dark = styles["tokens.css"].split("@media (prefers-color-scheme: dark)")
    return {"light": colours(light), "dark": colours(dark)}


def test_the_formula_is_the_published_one() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "floor"), PAIRS)
def test_a_pair_can_be_read(
    themes: dict[str, dict[str, str]], theme: str, front: str, back: str, floor: float
) -> None:
    measured = contrast(themes[theme][front], themes[theme][back])

    assert measured >= floor, f"{front} on {back} has {measured:.2f} in {theme}"


def test_dark_answers_every_colour_of_light(themes: dict[str, dict[str, str]]) -> None:
    assert themes["light"].keys() == themes["dark"].keys()
