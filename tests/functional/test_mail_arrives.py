"""From a form to a mailbox, through real processes: web, outbox, relay, queue, worker, SMTP."""

import time

import pytest
import requests

from tests.support.page import form_values, parse
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow


def ask_for_link(product, email):
    with requests.Session() as browser:
        page = parse(browser.get(f"{product.url}/sign-in", timeout=20).text)
        [form] = [form for form in page.all("form") if "email" in form_values(form)]
        values = {**form_values(form), "email": email}
        answer = browser.post(f"{product.url}/sign-in", values, timeout=20)
        assert answer.status_code == 200


def test_a_link_is_in_the_mailbox_within_two_seconds(make_product):
    product = make_product()
    product.start_web()
    product.start("worker")
    ask_for_link(product, "first@example.org")
    product.mailbox.wait_for(1, timeout_s=60)

    began = time.monotonic()
    ask_for_link(product, "second@example.org")
    product.mailbox.wait_for(2)

    assert time.monotonic() - began < 2
    assert product.mailbox.recipients == ["first@example.org", "second@example.org"]


def test_mail_waits_for_a_worker_and_goes_out_once(make_product):
    product = make_product()
    product.start_web()
    ask_for_link(product, "somebody@example.org")

    product.start("worker")
    product.start("scheduler")
    product.mailbox.wait_for(1, timeout_s=60)

    with pytest.raises(AssertionError):
        wait_until(lambda: len(product.mailbox.messages) > 1, timeout_s=3)


def test_a_worker_that_was_idle_for_a_while_is_as_quick(make_product):
    product = make_product()
    product.start_web()
    product.start("worker")
    ask_for_link(product, "first@example.org")
    product.mailbox.wait_for(1, timeout_s=60)
    time.sleep(12)  # Twice as long as a connection to Redis waits by default.

    began = time.monotonic()
    ask_for_link(product, "second@example.org")
    product.mailbox.wait_for(2)

    assert time.monotonic() - began < 2
    assert "could not connect" not in product.processes.log("worker")
