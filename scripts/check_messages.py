"""Refuse sentences that were not extracted, or not translated where they must be."""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib
from catalogues import (
    COMPLETE_LOCALES,
    LOCALES,
    SOURCE_LOCALE,
    TEMPLATE,
    Identity,
    catalogue,
    extract,
    identity,
    plural_forms,
)

# What the application fills in or the browser reads: both must be in a translation as they are.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+[^>]*>")
# The one placeholder that some plural forms may leave out: "one day" instead of "1 day".
NUMBER = "%(num)d"


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
    print(f"{len(extracted)} sentences; complete in {', '.join(COMPLETE_LOCALES)}.")


def catalogue_faults(locale: str, extracted: set[Identity]) -> list[str]:
    """Return what is wrong with one language."""
    file = catalogue(locale)
    if not file.exists():
        return [f"there is no {file.name}"]
    entries = {identity(entry): entry for entry in polib.pofile(str(file)) if not entry.obsolete}
    faults = [f"lacks {key[1]!r}" for key in sorted(extracted - entries.keys(), key=str)]
    must_be_complete = locale in COMPLETE_LOCALES and locale != SOURCE_LOCALE
    for entry in entries.values():
        if must_be_complete and not entry.translated():
            faults.append(f"has no translation of {entry.msgid!r}")
        faults += [
            f"{fault} in the translation of {entry.msgid!r}" for fault in faulty(entry, locale)
        ]
    return faults


def faulty(entry: polib.POEntry, locale: str) -> Iterator[str]:
    """Yield what is wrong with one translation; one that is still missing is not wrong."""
    if entry.fuzzy:
        yield "a guess (fuzzy) stands"
    if entry.msgstr and _parts(entry.msgstr) != _parts(entry.msgid):
        yield "a placeholder or tag is missing or unknown"
    forms = {form: text for form, text in entry.msgstr_plural.items() if text}
    if forms and set(forms) != set(plural_forms(locale)):
        yield "a plural form is missing or unknown"
    for text in forms.values():
        if _parts(text, NUMBER) != _parts(entry.msgid_plural, NUMBER):
            yield "a placeholder or tag is missing or unknown"


def _parts(text: str, ignored: str = "") -> Counter[str]:
    return Counter(part for part in PLACEHOLDER.findall(text) if part != ignored)


if __name__ == "__main__":
    main()
