"""Refuse sentences that were not extracted, or not translated where they must be."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import polib
from catalogues import (
    COMPLETE_LOCALES,
    LOCALES,
    SOURCE_LOCALE,
    TEMPLATE,
    catalogue,
    extract,
    identity,
)

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def main() -> None:
    """Collect every fault before failing, so that one run shows all."""
    if not TEMPLATE.exists():
        sys.exit("There is no messages.pot. Run: make update-messages")
    with tempfile.TemporaryDirectory() as folder:
        extracted = {identity(entry) for entry in extract(Path(folder) / "messages.pot")}
    known = {identity(entry) for entry in polib.pofile(str(TEMPLATE))}
    faults = [f"messages.pot lacks {key[1]!r}" for key in sorted(extracted - known, key=str)]
    faults += [f"messages.pot still has {key[1]!r}" for key in sorted(known - extracted, key=str)]
    for locale in LOCALES:
        faults += [f"{locale}: {fault}" for fault in catalogue_faults(locale, extracted)]
    if faults:
        sys.exit("\n".join([*faults[:60], f"{len(faults)} faults. Run: make update-messages"]))
    print(f"{len(extracted)} sentences; complete in {' and '.join(COMPLETE_LOCALES)}.")


def catalogue_faults(locale: str, extracted: set[tuple[str | None, str, str]]) -> list[str]:
    """Return what is wrong with one language."""
    file = catalogue(locale)
    if not file.exists():
        return [f"there is no {file.name}"]
    entries = {identity(entry): entry for entry in polib.pofile(str(file)) if not entry.obsolete}
    faults = [f"lacks {key[1]!r}" for key in sorted(extracted - entries.keys(), key=str)]
    for entry in entries.values():
        needed = locale in COMPLETE_LOCALES and locale != SOURCE_LOCALE
        if needed and not (entry.translated() and not entry.fuzzy):
            faults.append(f"has no translation of {entry.msgid!r}")
        faults += placeholder_faults(entry)
    return faults


def placeholder_faults(entry: polib.POEntry) -> list[str]:
    """A translation that names an unknown placeholder breaks the page that shows it."""
    allowed = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    texts = [entry.msgstr, *entry.msgstr_plural.values()]
    unknown = {found for text in texts for found in PLACEHOLDER.findall(text)} - allowed
    return [f"an unknown placeholder in the translation of {entry.msgid!r}"] if unknown else []


if __name__ == "__main__":
    main()
