"""The public pages in a real browser: readable by everybody, at every width, in both directions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from models.choices import EngagementKind
from tests.support.database import missing
from tests.support.factories import make_institution, make_need
from tests.support.programs import find_chromium
from virtual_return.app import create_app
from virtual_return.config import Settings
from virtual_return.db import Database, make_engine

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ["/", "/how-it-works", "/how-we-protect-you", "/figures", "/design", "/nothing-here"]
WIDTHS = (320, 360, 768, 1280)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# Elements that stick out of the page, and targets too small for a finger (WCAG 2.5.8): links
# inside a sentence are exempt, as there.
MEASURE = """() => {
  const seen = element => element.checkVisibility() && !element.closest('.visually-hidden, .skip');
  const width = document.documentElement.clientWidth;
  const inSentence = link => getComputedStyle(link).display === 'inline';
  const name = element => element.outerHTML.slice(0, 90);
  return {
    wide: document.documentElement.scrollWidth > width,
    outside: [...document.querySelectorAll('main *')].filter(seen).filter(element => {
      const box = element.getBoundingClientRect();
      return !element.closest('svg') && box.width && (box.right > width + 1 || box.left < -1);
    }).map(name),
    small: [...document.querySelectorAll('a, button, input, select, textarea, summary')]
      .filter(seen).filter(element => !inSentence(element)).filter(element => {
        const box = element.getBoundingClientRect();
        return box.width < 24 || box.height < 24;
      }).map(name),
  };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        missing("Chromium is not installed: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[str]:
    """A served application with two open needs."""
    engine = make_engine(database_url)
    with Database(engine).writing() as session:
        make_need(session, make_institution(session, country="MZ"))
        make_need(session, make_institution(session, country="SD"), kind=EngagementKind.TEACHING)
    engine.dispose()
    app = create_app(Settings(environment="test", data_dir=tmp_path, database_url=database_url))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    # Connections left in the pool would be collected, and warn, in some later test.
    app.extensions["database"].engine.dispose()


def problems(page: Page) -> list[str]:
    """Return what axe-core finds, in one line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{item['id']}: {node['html'][:100]}" for item in found for node in item["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_axe_finds_nothing(browser: Browser, address: str, locale: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{address}{path}?lang={locale}")
        assert problems(page) == [], path
    context.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_nothing_sticks_out_and_targets_are_large(
    browser: Browser, address: str, locale: str
) -> None:
    page = browser.new_page()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for path in PAGES:
            page.goto(f"{address}{path}?lang={locale}")
            measured = page.evaluate(MEASURE)
            assert measured == {"wide": False, "outside": [], "small": []}, f"{path} at {width}"
    page.close()


def test_the_policy_blocks_nothing_that_pages_use(browser: Browser, address: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    for path in PAGES[:-1]:
        # Going on earlier would cut requests off, which is no complaint of the policy.
        page.goto(f"{address}{path}", wait_until="networkidle")
    page.close()
    assert complaints == []


def test_the_first_visit_is_light(browser: Browser, address: str) -> None:
    page = browser.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(len(request.response().body())))
    page.goto(address, wait_until="networkidle")
    page.close()
    # Uncompressed, and still below what is allowed compressed.
    assert len(sizes) <= 10
    assert sum(sizes) <= 100_000


def test_the_language_menu_works_by_keyboard_without_scripts(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/figures")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.locator("summary", has_text="English").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="العربية").click()
    assert page.url == f"{address}/figures"
    assert page.locator("html").get_attribute("dir") == "rtl"
    context.close()
