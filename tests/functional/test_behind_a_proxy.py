"""The product behind a proxy that speaks https, as a deployment has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from tests.functional.conftest import SETTINGS
from tests.support.page import form_values, parse
from tests.support.stack import Stack

pytestmark = pytest.mark.slow

PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "return.example"}


def test_forms_work_for_browsers_that_send_no_referrer(
    make_product: Callable[..., Stack], eventually: Callable[..., float]
) -> None:
    product = make_product(
        **SETTINGS, BASE_URL="https://return.example", TRUSTED_PROXIES="1",
    )  # fmt: skip
    product.start("worker")
    product.start_web()
    address = f"{product.url}/sign-in"
    page = requests.get(address, headers=PROXY, timeout=30)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Strict-Transport-Security"]
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie

    (main,) = parse(page.text).all("main")
    sent = {**form_values(main.all("form")[0]), "email": "far@away.example"}
    headers = {**PROXY, "Cookie": cookie.partition(";")[0]}
    answer = requests.post(address, sent, headers=headers, timeout=30, allow_redirects=False)

    assert answer.status_code == 302, answer.text[:300]
    eventually(lambda: product.mailbox.to("far@away.example"), "the link comes", timeout_s=20)
    forged = requests.post(address, {"email": "far@away.example"}, headers=headers, timeout=30)
    assert forged.status_code == 400
