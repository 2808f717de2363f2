"""What every page must be, whoever comes to it: readable by everybody, at any width, both ways."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.functional.people import Person

LOCALES = ("en", "ar")
WIDTHS = (360, 1280)
FIRST_VISIT_BYTES = 100_000
LATER_VISIT_BYTES = 30_000
# An id in an address: two pages that differ in it alone are one page.
ID = re.compile(r"/[A-Za-z0-9_-]{16,}")
MEASURE = """() => {
  const seen = item => item.checkVisibility() && !item.closest('.visually-hidden, .skip, .scroll');
  const width = document.documentElement.clientWidth;
  return {
    wide: document.documentElement.scrollWidth > width,
    headings: document.querySelectorAll('h1').length,
    direction: document.documentElement.dir,
    outside: [...document.querySelectorAll('main *')].filter(seen).filter(item => {
      const box = item.getBoundingClientRect();
      return !item.closest('svg') && box.width && (box.right > width + 1 || box.left < -1);
    }).map(item => item.outerHTML.slice(0, 90)),
  };
}"""


@dataclass
class Inspector:
    """Looks at each page once, in a second tab of whoever is there; collects what is wrong."""

    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    weights: dict[str, int] = field(default_factory=dict)

    def __call__(self, person: Person) -> None:
        """Inspect the page that somebody came to."""
        name = ID.sub("/-", person.path)
        if name in self.seen:
            return
        self.seen.add(name)
        if person.page.title().startswith("Error: "):
            self._axe(person.page, f"{name} with errors")
            return
        page = person.context.new_page()
        page.on("console", person.note)
        for locale in LOCALES:
            page.goto(f"{person.page.url.partition('#')[0].partition('?')[0]}?lang={locale}")
            if urlsplit(page.url).path == person.path:
                self._inspect(page, name, locale)
        page.close()

    def heavy(self) -> dict[str, int]:
        """Return the pages that cost somebody who was here before too much, with their weight."""
        return {name: size for name, size in self.weights.items() if size > LATER_VISIT_BYTES}

    def _inspect(self, page: Page, name: str, locale: str) -> None:
        if locale == "en":
            self.weights[name] = weight(page.content().encode())
        for width in WIDTHS:
            where = f"{name} in {locale} at {width}"
            page.set_viewport_size({"width": width, "height": 800})
            expected = {
                "wide": False,
                "headings": 1,
                "direction": "rtl" if locale == "ar" else "ltr",
                "outside": [],
            }
            measured = page.evaluate(MEASURE)
            if measured != expected:
                self.faults.append(f"{where}: {measured}")
            self._axe(page, where)

    def _axe(self, page: Page, where: str) -> None:
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        self.faults += [
            f"{where}: {item['id']}: {node['html'][:120]}"
            for item in found
            for node in item["nodes"]
        ]


def weight(raw: bytes) -> int:
    """Return what a body weighs on the way, as every server and proxy compresses it."""
    return len(gzip.compress(raw, compresslevel=6))
