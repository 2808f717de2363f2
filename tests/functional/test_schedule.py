"""What happens by itself: the scheduler begins the daily round, the worker sends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.functional.conftest import SETTINGS
from tests.functional.people import body
from tests.functional.seeds import lag, seed
from tests.support.stack import Stack
from virtual_return.db import Database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_digests_go_out_by_themselves_once_a_day(
    make_product: Callable[..., Stack],
    own_database: Database,
    eventually: Callable[..., float],
) -> None:
    product = make_product(**{**SETTINGS, "DIGEST_HOUR_UTC": "0"})
    seed(own_database)
    product.start("worker")
    eventually(lambda: lag(own_database) == 0, "the index is built", timeout_s=60)

    product.start("scheduler")
    box = product.mailbox
    expected = {"water0@example.org", "owner@university.example", "member@university.example"}
    eventually(lambda: expected <= set(box.recipients), "the digests come", timeout_s=60)

    product.start("scheduler")
    eventually(lambda: lag(own_database) == 0, "nothing is left to do")
    assert len(box.recipients) == len(set(box.recipients))
    assert "Review our drinking water curriculum" in body(box.to("water0@example.org")[0])
