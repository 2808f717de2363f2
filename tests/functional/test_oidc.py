"""Signing in with a university account, through a real provider and a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.functional.people import People
from tests.support import oidc_provider
from tests.support.oidc_provider import Provider
from tests.support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    server = oidc_provider.start(provider)
    yield provider
    server.shutdown()
    server.server_close()


def test_a_university_account_signs_in_and_keeps_one_account(
    start_product: Callable[..., Stack], browser: Browser, provider: Provider
) -> None:
    product = start_product(**{name.upper(): text for name, text in provider.settings.items()})
    people = People(product, browser)
    scholar = people.come("scholar@uni.example", scripts=False)
    scholar.open("/sign-in")
    scholar.follow("University of Tests")
    scholar.introduce("Salma Scholar", "I offer what I know")
    assert scholar.path == "/profile"
    scholar.page.locator("header summary", has_text="Account").click()
    scholar.press("Sign out", within="header")

    # Another address at the provider, the same subject: the same person.
    provider.email = "salma@elsewhere.example"
    scholar.open("/sign-in?next=/settings")
    scholar.follow("University of Tests")
    assert scholar.path == "/settings"
    assert "scholar@uni.example" in scholar.text
    people.leave()
