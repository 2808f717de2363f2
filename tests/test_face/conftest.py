"""A small application: the face alone, without a database or any capability."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from virtual_return import errors, i18n, security, templating
from virtual_return.config import ROOT, Settings

TEMPLATES = ROOT / "platform" / "virtual_return" / "templates"
STYLES = ROOT / "static" / "css"


@pytest.fixture
def face() -> Flask:
    app = Flask(
        "virtual_return",
        root_path=str(TEMPLATES.parent),
        static_folder=str(ROOT / "static"),
        static_url_path="/static",
    )
    security.install(app, Settings(environment="test"), "")
    i18n.install(app)
    templating.install(app)
    errors.install(app)
    return app


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    """Every page template by its name."""
    return {
        str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8")
        for path in sorted(TEMPLATES.rglob("*.html"))
    }


@pytest.fixture(scope="session")
def styles() -> dict[str, str]:
    """Every style sheet by its name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(Path(STYLES).glob("*"))}


@pytest.fixture(scope="session")
def design() -> str:
    """The design's description, where the macros stand with their parameters."""
    return (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
