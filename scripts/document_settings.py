"""Write docs/configuration.md and .env.example from the settings: the three never differ."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "platform"))

from virtual_return.config import Settings  # noqa: E402

INTRODUCTION = """# Configuration

Settings are read once, at start, from the environment. For each `NAME` there may be a `NAME_FILE`
instead, whose content is the value: use it for secrets. Booleans are `true` or `false`.
With `ENVIRONMENT=production` the application refuses to start unsafe, and says what to change.

This page is written by `python scripts/document_settings.py`; a test keeps it in step.
"""


def groups() -> dict[str, list[tuple[str, str, str]]]:
    """Return name, default and meaning of each setting, by group."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for item in fields(Settings):
        default = item.default
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        text = str(default).lower() if isinstance(default, bool) else str(default)
        row = (item.name.upper(), text, item.metadata["help"])
        found.setdefault(item.metadata["group"], []).append(row)
    return found


def configuration_page() -> str:
    """Return docs/configuration.md."""
    parts = [INTRODUCTION]
    for group, rows in groups().items():
        parts.append(f"\n## {group}\n\n| setting | default | meaning |\n|---|---|---|\n")
        for name, default, meaning in rows:
            shown = f"`{default}`" if default else "empty"
            parts.append(f"| `{name}` | {shown} | {meaning} |\n")
    return "".join(parts)


def example_file() -> str:
    """Return .env.example: every setting, commented out at its default."""
    parts = ["# Copy to .env and change what you need: `set -a; . ./.env; set +a`.\n"]
    for group, rows in groups().items():
        parts.append(f"\n# {group}\n")
        for name, default, meaning in rows:
            value = f'"{default}"' if " " in default else default
            parts.append(f"# {meaning}\n#{name}={value}\n")
    return "".join(parts)


if __name__ == "__main__":
    (ROOT / "docs" / "configuration.md").write_text(configuration_page(), encoding="utf-8")
    (ROOT / ".env.example").write_text(example_file(), encoding="utf-8")
    print("Wrote docs/configuration.md and .env.example.")
