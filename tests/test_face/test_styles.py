"""The style sheets keep to what docs/design.md promises."""

from __future__ import annotations

import gzip
import re

import pytest

from virtual_return.config import ROOT

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height)"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
# Where the language itself has no logical word: conditions of media queries.
CONDITION = re.compile(r"@media[^{]*")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def test_no_property_knows_left_from_right(styles: dict[str, str]) -> None:
    for name, sheet in styles.items():
        found = PHYSICAL.findall(CONDITION.sub("", COMMENT.sub("", sheet)))

        assert not found, f"{name}: {found}"


@pytest.mark.parametrize(
    "declaration",
    ["margin-left: 0", "left: 0", "text-align: right", "width: 3rem", "max-height:1px"],
)
def test_the_search_finds_physical_properties(declaration: str) -> None:
    assert PHYSICAL.search(f".a {{ {declaration}; }}")


@pytest.mark.parametrize("declaration", ["margin-inline-start: 0", "stroke-width: 2", "inset: 0"])
def test_the_search_lets_others_pass(declaration: str) -> None:
    assert not PHYSICAL.search(f".a {{ {declaration}; }}")


def test_colours_live_in_the_tokens_alone(styles: dict[str, str]) -> None:
    for name, sheet in styles.items():
        if name != "tokens.css":
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", sheet), name


def test_every_token_that_is_used_exists(styles: dict[str, str]) -> None:
    everything = "".join(styles.values())
    known = set(re.findall(r"(--[\w-]+)\s*:", everything))

    assert set(re.findall(r"var\((--[\w-]+)\)", everything)) <= known


def test_the_styles_stay_small(styles: dict[str, str]) -> None:
    whole = "".join(styles.values()).encode()

    assert len(whole) <= 28_000
    assert len(gzip.compress(whole)) <= 8_000


def test_every_icon_that_a_template_names_is_drawn(templates: dict[str, str]) -> None:
    sprite = (ROOT / "static" / "img" / "sprite.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = {
        name
        for source in templates.values()
        for name in re.findall(
            r'icons\.icon\("([\w-]+)"|icon="([\w-]+)"|sprite \}\}#([\w-]+)', source
        )
        for name in name
        if name
    }

    assert named
    assert named <= drawn
