"""Where the catalogues of translations lie, and how sentences are extracted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "platform" / "virtual_return" / "translations"
TEMPLATE = FOLDER / "messages.pot"
SOURCE_LOCALE = "en"
# Each language's plural forms, in the order of Unicode's categories: Arabic has zero, one, two,
# few, many, other. Babel's own rule for Arabic has the last two the other way round.
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
        "n%100>=11 ? 4 : 5);"
    ),
    "es": "nplurals=2; plural=(n != 1);",
    "pt": "nplurals=2; plural=(n != 1);",
}
LOCALES = tuple(PLURALS)
# In these every sentence must be there before a release.
COMPLETE_LOCALES = ("en", "fr", "ar", "es", "pt")
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "_n:1,2", "lazy_pgettext:1c,2")
# What makes two entries the same sentence.
Identity = tuple[str | None, str, str]


def catalogue(locale: str) -> Path:
    """Return the file that holds one language."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def identity(entry: polib.POEntry) -> Identity:
    """Return what makes two entries the same sentence."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def extract(target: Path) -> polib.POFile:
    """Write every sentence of the code and templates into a new template."""
    keywords = [option for keyword in KEYWORDS for option in ("-k", keyword)]
    command = [
        str(Path(sys.executable).parent / "pybabel"), "-q", "extract", "-F", "babel.cfg", *keywords,
        "--add-comments=Translators:", "--no-wrap", "--sort-by-file", "--no-location",
        "-o", str(target), ".",
    ]  # fmt: skip
    # From the root, where babel.cfg lies.
    subprocess.run(command, cwd=ROOT, check=True)
    return polib.pofile(str(target))


def write(file: Path, locale: str, entries: Iterable[polib.POEntry]) -> None:
    """Write a catalogue, or the template if no language is named.

    The header has no dates and lines are not wrapped, so that two branches do not collide.
    """
    # Zero: lines are never wrapped.
    written = polib.POFile(wrapwidth=0)
    written.header = (
        "Virtual Return. Written by scripts/update_messages.py: see docs/translating.md."
    )
    written.metadata = {
        "Project-Id-Version": "Virtual Return",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if locale:
        written.metadata |= {"Language": locale, "Plural-Forms": PLURALS[locale]}
    written.extend(entries)
    file.parent.mkdir(parents=True, exist_ok=True)
    written.save(str(file))


def plural_forms(locale: str) -> range:
    """Return the numbers of the plural forms of a language: 0 to 5 in Arabic."""
    return range(int(PLURALS[locale].partition(";")[0].removeprefix("nplurals=")))
