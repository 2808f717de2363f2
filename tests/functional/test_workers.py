"""Several web processes serve one index: all switch to a new generation at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.functional.plain import Visitor
from tests.functional.seeds import add_experts, lag, seed
from tests.support.stack import Stack
from virtual_return.db import Database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

REQUESTS = 24


def test_both_workers_serve_the_new_generation_within_a_second(
    product: Stack, own_database: Database, eventually: Callable[..., float]
) -> None:
    cast = seed(own_database)
    owner = Visitor(product, "owner@university.example").sign_in()
    matches = f"/needs/{cast.need.public_id}/matches"
    eventually(lambda: lag(own_database) == 0, "the first generation", timeout_s=40)
    assert all("Water engineer number 1" in text for text in ask_at_once(owner, matches))
    assert not any("number 77" in text for text in ask_at_once(owner, matches))

    with own_database.writing() as session:
        add_experts(session, [77])
    eventually(lambda: lag(own_database) == 0, "the next generation", timeout_s=40)
    time.sleep(1)
    before = worker_times(product)
    answers = ask_at_once(owner, matches)
    after = worker_times(product)

    assert all("Water engineer number 77" in text for text in answers)
    assert len(before) == 2
    assert all(after[pid] > before[pid] for pid in before), "one of the two answered nothing"


def ask_at_once(owner: Visitor, path: str) -> list[str]:
    """Return many answers, asked for by connections of their own."""

    def ask(_number: int) -> str:
        visitor = Visitor(owner.product)
        visitor.http.cookies.update(owner.http.cookies)
        answer = visitor.get(path)
        assert answer.status_code == 200
        visitor.http.close()
        return answer.text

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, range(REQUESTS)))


def worker_times(product: Stack) -> dict[int, int]:
    """Return how much processor time each web process has used, in ticks."""
    master = product.web.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    times = {}
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        times[int(child)] = int(fields[11]) + int(fields[12])
    return times
