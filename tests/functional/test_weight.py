"""What a page costs on a bad line."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Request

from tests.functional.inspecting import FIRST_VISIT_BYTES, LATER_VISIT_BYTES, weight
from tests.functional.seeds import seed
from tests.support.stack import Stack
from virtual_return.db import Database

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


def test_the_first_visit_is_light_and_later_ones_lighter(
    product: Stack, browser: Browser, own_database: Database
) -> None:
    seed(own_database)
    context = browser.new_context()
    page = context.new_page()
    on_the_way: list[int] = []

    def count(request: Request) -> None:
        response = request.response()
        # What the browser kept from before travels no more.
        if response is not None and request.sizes()["responseHeadersSize"] > 0:
            on_the_way.append(weight(response.body()))

    page.on("requestfinished", count)
    page.goto(product.url, wait_until="networkidle")
    first, on_the_way[:] = sum(on_the_way), []
    page.goto(f"{product.url}/needs", wait_until="networkidle")
    page.goto(f"{product.url}/needs", wait_until="networkidle")
    again = sum(on_the_way) / 2
    context.close()
    assert first <= FIRST_VISIT_BYTES
    assert again <= LATER_VISIT_BYTES
