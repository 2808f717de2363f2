"""Extract sentences anew, then bring each catalogue up to date without losing translations."""

from __future__ import annotations

from collections.abc import Iterator

import polib
from catalogues import (
    LOCALES,
    SOURCE_LOCALE,
    TEMPLATE,
    Identity,
    catalogue,
    extract,
    identity,
    plural_forms,
    write,
)


def main() -> None:
    """Update the template and all catalogues."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    template = extract(TEMPLATE)
    write(TEMPLATE, "", template)
    for locale in LOCALES:
        write(catalogue(locale), locale, _updated(locale, template))
        _report(locale)


def _updated(locale: str, template: polib.POFile) -> Iterator[polib.POEntry]:
    """Yield today's sentences in the order of the template, then translations without a sentence.

    Those stay below, marked as obsolete: a sentence that comes back finds its translation again.
    """
    known = _known(locale)
    for entry in template:
        yield _translated(locale, entry, known.pop(identity(entry), None))
    for entry in known.values():
        if entry.msgstr or any(entry.msgstr_plural.values()):
            entry.obsolete = True
            yield entry


def _known(locale: str) -> dict[Identity, polib.POEntry]:
    file = catalogue(locale)
    return {identity(entry): entry for entry in polib.pofile(str(file))} if file.exists() else {}


def _translated(locale: str, entry: polib.POEntry, known: polib.POEntry | None) -> polib.POEntry:
    flags = entry.flags + (["fuzzy"] if known and known.fuzzy else [])
    forms = known.msgstr_plural if known else {}
    plural = {form: forms.get(form, "") for form in plural_forms(locale)}
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr=known.msgstr if known else "",
        msgstr_plural=plural if entry.msgid_plural else {},
        comment=entry.comment,
        tcomment=known.tcomment if known else "",
        flags=flags,
    )


def _report(locale: str) -> None:
    entries = [entry for entry in polib.pofile(str(catalogue(locale))) if not entry.obsolete]
    missing = 0 if locale == SOURCE_LOCALE else sum(not entry.translated() for entry in entries)
    print(f"{locale}: {len(entries)} sentences, {missing} without a translation.")


if __name__ == "__main__":
    main()
