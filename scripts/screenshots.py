"""Take pictures of the main pages of the demonstration, for people to look at: `make screenshots`.

The product is started as `make run` starts it, in a folder of its own; DATA_DIR names another, so
that a second run need not read all texts again. Pictures go to var/screenshots.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from models import Need, User  # noqa: E402
from models.choices import NeedState  # noqa: E402
from tests.support.demonstration import Demonstration, started_demonstration  # noqa: E402
from tests.support.programs import CHROMIUM_FLAGS, find_chromium  # noqa: E402
from virtual_return.config import Settings  # noqa: E402
from virtual_return.db import Database, make_engine  # noqa: E402
from virtual_return.demo import sign_ins  # noqa: E402

TARGET = ROOT / "var" / "screenshots"
WIDTHS = (360, 1280)
ARABIC = {"landing", "browse", "need", "profile", "for-me", "need-matches", "candidate"}


def main() -> None:
    """Start the demonstration, walk through it, and say where the pictures are."""
    executable = find_chromium()
    if executable is None:
        sys.exit("Chromium is missing: apt install chromium, or set CHROMIUM.")
    TARGET.mkdir(parents=True, exist_ok=True)
    with started_demonstration() as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        for width in WIDTHS:
            Walk(product, browser, width).all()
        browser.close()
    print(f"The pictures are in {TARGET}.")


class Walk:
    """One walk through the pages at one width."""

    def __init__(self, product: Demonstration, browser: Browser, width: int) -> None:
        self.product = product
        self.browser = browser
        self.width = width

    def all(self) -> None:
        self.as_visitor()
        self.as_expert()
        self.as_owner()
        self.as_coordinator()
        self.digests()

    def as_visitor(self) -> None:
        page = self._page()
        for name, path in (
            ("landing", "/"),
            ("how-it-works", "/how-it-works"),
            ("sign-in", "/sign-in"),
            ("browse", "/needs"),
        ):
            self._take(page, name, path)
        page.goto(f"{self.product.url}/needs")
        self._take(page, "need", self._first_link(page, "main .card a[href^='/needs/']"))
        page.context.close()

    def as_expert(self) -> None:
        page = self._signed_in(sign_ins.EXPERT)
        for name, path in (
            ("profile", "/profile"),
            ("profile-about", "/profile/about"),
            ("profile-preview", "/profile/preview"),
            ("profile-visibility", "/profile/visibility"),
            ("for-me", "/matches"),
            ("engagements", "/engagements"),
        ):
            self._take(page, name, path)
        page.context.close()

    def as_owner(self) -> None:
        page = self._signed_in(sign_ins.OWNER)
        self._take(page, "institutions", "/institutions")
        self._take_first(page, "institution", "/institutions", "main .card a")
        matches = f"/needs/{self._open_need_of_the_owner()}/matches"
        self._take(page, "need-matches", matches)
        self._take_first(page, "candidate", matches, "main ol .card h3 a, main ol .card h2 a")
        self._take_first(page, "invite", matches, "main ol a[href$='/invite']")
        page.locator("main [name=message]").fill("Would you look at this with us for an hour?")
        page.locator("main form button").click()
        self._take(page, "engagement", urlsplit(page.url).path)
        page.context.close()

    def as_coordinator(self) -> None:
        page = self._signed_in(sign_ins.COORDINATOR)
        for name in ("queue", "overview", "audit"):
            self._take(page, f"coordination-{name}", f"/coordination/{name}")
        self._take_first(page, "review", "/coordination/queue", "main .card a")
        page.context.close()

    def digests(self) -> None:
        """Show the HTML part of one digest of each list, as the worker would send it."""
        for name, email in (("expert", sign_ins.EXPERT), ("institution", sign_ins.OWNER)):
            html = self._preview_digest(email)
            page = self._page()
            page.set_content(html)
            page.screenshot(path=TARGET / f"mail-digest-{name}-{self.width}.png", full_page=True)
            page.context.close()

    def _preview_digest(self, email: str) -> str:
        with self._database().reading() as session:
            user_id = session.scalar(select(User.id).where(User.email == email))
        command = [str(Path(sys.executable).parent / "virtual-return"), "digest", "preview"]
        environment = {**os.environ, "DATA_DIR": str(self.product.folder)}
        return subprocess.run(
            [*command, str(user_id), "--html"],
            env=environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def _open_need_of_the_owner(self) -> str:
        with self._database().reading() as session:
            owner = session.scalars(select(User).where(User.email == sign_ins.OWNER)).one()
            theirs = [item.institution_id for item in owner.memberships]
            return (
                session.scalars(
                    select(Need.public_id)
                    .where(Need.institution_id.in_(theirs), Need.state == NeedState.OPEN)
                    .order_by(Need.id)
                ).first()
                or ""
            )

    def _database(self) -> Database:
        return Database(make_engine(Settings(data_dir=self.product.folder).sqlalchemy_url))

    def _page(self) -> Page:
        context = self.browser.new_context(
            viewport={"width": self.width, "height": 800}, color_scheme="light", locale="en-GB"
        )
        return context.new_page()

    def _signed_in(self, email: str) -> Page:
        page = self._page()
        page.goto(f"{self.product.url}/sign-in")
        form = page.locator("main form").filter(has=page.locator(f'[value="{email}"]'))
        form.get_by_role("button").click()
        return page

    def _take(self, page: Page, name: str, path: str) -> None:
        languages = ("en", "ar") if name in ARABIC else ("en",)
        for language in languages:
            page.goto(f"{self.product.url}{path}?lang={language}")
            mark = "" if language == "en" else f"-{language}"
            page.screenshot(path=TARGET / f"{name}{mark}-{self.width}.png", full_page=True)

    def _take_first(self, page: Page, name: str, path: str, selector: str) -> None:
        """Take the page that the first such link leads to, where there is one."""
        page.goto(f"{self.product.url}{path}")
        if page.locator(selector).count():
            self._take(page, name, self._first_link(page, selector))

    def _first_link(self, page: Page, selector: str) -> str:
        return page.locator(selector).first.get_attribute("href") or "/"


if __name__ == "__main__":
    main()
