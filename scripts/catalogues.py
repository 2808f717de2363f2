"""Where the catalogues of translations lie, and how sentences are extracted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "platform" / "virtual_return" / "translations"
TEMPLATE = FOLDER / "messages.pot"
SOURCE_LOCALE = "en"
LOCALES = ("en", "fr", "ar", "es", "pt")
# In these every sentence must be there before a release.
COMPLETE_LOCALES = ("en", "fr")
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "_n:1,2", "lazy_pgettext:1c,2")


def catalogue(locale: str) -> Path:
    """Return the file that holds one language."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def pybabel(*arguments: str) -> None:
    """Run Babel's command from the root, where babel.cfg lies."""
    command = [str(Path(sys.executable).parent / "pybabel"), "-q", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def extract(target: Path) -> polib.POFile:
    """Write every sentence of the code and templates into a new template."""
    keywords = [option for keyword in KEYWORDS for option in ("-k", keyword)]
    pybabel(
        "extract", "-F", "babel.cfg", *keywords, "--add-comments=Translators:", "--no-wrap",
        "--sort-by-file", "--no-location", "--project=Virtual Return",
        "--copyright-holder=The Virtual Return contributors", "-o", str(target), ".",
    )  # fmt: skip
    return polib.pofile(str(target))


def identity(entry: polib.POEntry) -> tuple[str | None, str, str]:
    """Return what makes two entries the same sentence."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural
