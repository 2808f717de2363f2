"""Extract sentences anew, then bring each catalogue up to date without losing translations."""

from __future__ import annotations

from pathlib import Path

import polib
from catalogues import FOLDER, LOCALES, SOURCE_LOCALE, TEMPLATE, catalogue, extract, pybabel


def main() -> None:
    """Update the template and all catalogues."""
    FOLDER.mkdir(exist_ok=True)
    extract(TEMPLATE)
    _without_date(TEMPLATE)
    for locale in LOCALES:
        file = catalogue(locale)
        if not file.exists():
            pybabel("init", "-i", str(TEMPLATE), "-d", str(FOLDER), "-l", locale, "--no-wrap")
        pybabel(
            "update", "-i", str(TEMPLATE), "-d", str(FOLDER), "-l", locale, "--no-wrap",
            "--no-fuzzy-matching", "--ignore-obsolete", "--omit-header",
        )  # fmt: skip
        _without_date(file)
        _report(locale, file)


def _without_date(file: Path) -> None:
    """Drop what changes without a change of sentences, so that two branches do not collide."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "Creation-Date:" not in line and "Revision-Date:" not in line]
    file.write_text("".join(kept), encoding="utf-8")


def _report(locale: str, file: Path) -> None:
    entries = polib.pofile(str(file))
    missing = len(entries.untranslated_entries())
    note = "" if locale == SOURCE_LOCALE else f", {missing} without a translation"
    print(f"{locale}: {len(entries)} sentences{note}.")


if __name__ == "__main__":
    main()
