"""The page of permissions says what the rules and the matrix say."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_current() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "document_permissions.py"))
    written = (ROOT / "docs" / "security" / "permissions.md").read_text(encoding="utf-8")
    assert written == script["page"](), "Run: python scripts/document_permissions.py"
