"""Rules that every template keeps, whoever wrote it."""

from __future__ import annotations

import re

# What stands by itself, and what is only ever put into another template.
ROOTS = {"base.html", "failsafe.html"}
PIECE = re.compile(r"^(components|partials|mail)/|(^|/)_")


def is_page(name: str, source: str) -> bool:
    """A template that renders a whole page: no component, no included piece, no mail."""
    return name not in ROOTS and not PIECE.search(name) and "{% block " in source


def test_no_template_carries_styles_or_scripts(templates: dict[str, str]) -> None:
    for name, source in templates.items():
        if name.startswith("mail/"):  # Mail readers know nothing but inline styles.
            continue
        assert not re.search(r"""\sstyle=|<style\b""", source), name
        assert not re.search(r"""\son[a-z]+=|href="javascript:""", source), name
        assert not re.search(r"<script(?![^>]*\bsrc=)", source), name


def test_every_page_extends_a_base(templates: dict[str, str]) -> None:
    for name, source in templates.items():
        if is_page(name, source):
            assert re.match(r"\{% extends \"[\w/]+\.html\" %\}", source), name


def test_templates_stay_short(templates: dict[str, str]) -> None:
    for name, source in templates.items():
        assert source.count("\n") < 120, name


def test_components_speak_only_when_they_are_called(templates: dict[str, str]) -> None:
    """A component file is read once: a sentence at its top would stay in the first language."""
    for name, source in templates.items():
        if name.startswith("components/"):
            outside = re.sub(r"\{% macro .*?endmacro %\}", "", source, flags=re.DOTALL)
            outside = re.sub(r"\{#.*?#\}", "", outside, flags=re.DOTALL)
            assert not re.search(r"\b(_|gettext|ngettext)\(|\{% trans", outside), name


def test_every_component_is_documented(templates: dict[str, str], design: str) -> None:
    for name, source in templates.items():
        if name.startswith("components/"):
            for macro, parameters in re.findall(r"\{% macro ([a-z]\w*)\((.*?)\) %\}", source):
                if macro != "is_group":
                    assert f"`{macro}({parameters})`" in design, f"{name}: {macro}({parameters})"
