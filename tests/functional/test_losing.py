"""Losing files, Redis and the worker: people hardly notice, and nothing is lost or doubled."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from redis import Redis
from sqlalchemy import func, select, update

from models import Embedding, MailMessage, now
from tests.functional.conftest import SETTINGS
from tests.functional.plain import Visitor
from tests.functional.seeds import add_experts, lag, seed
from tests.support.processes import ROOT, clean_environment
from tests.support.stack import PROGRAMS, Stack
from virtual_return.db import Database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

CATCHING_UP = "catching up"


@pytest.fixture
def resting(make_product: Callable[..., Stack]) -> Stack:
    """The product's web server alone; the test starts what else it needs, when it needs it."""
    product = make_product(**SETTINGS)
    product.start_web()
    return product


def verify(product: Stack) -> str:
    """Let the product itself compare the index with the database."""
    done = subprocess.run(
        [str(PROGRAMS / "virtual-return"), "index", "verify", "--check"], cwd=ROOT, check=False,
        env=clean_environment(**product.settings), capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout if done.returncode == 0 else f"{done.stdout}{done.stderr}"


def test_a_lost_index_comes_back_by_itself(
    resting: Stack, own_database: Database, eventually: Callable[..., float]
) -> None:
    cast = seed(own_database)
    resting.start("worker")
    owner = Visitor(resting, "owner@university.example").sign_in()
    expert = Visitor(resting, "expert@example.org").sign_in()
    matches = f"/needs/{cast.need.public_id}/matches"
    eventually(lambda: lag(own_database) == 0, "the index is built", timeout_s=40)
    assert "Water engineer number 1" in owner.get(matches).text

    shutil.rmtree(Path(resting.settings["DATA_DIR"]) / "index")

    assert CATCHING_UP in owner.get(matches).text
    assert CATCHING_UP in expert.get("/matches").text
    for path in ("/", "/needs", "/profile", "/settings", "/engagements", "/readyz"):
        assert expert.get(path).status_code == 200, path
    assert expert.submit("/profile/visibility", action="/profile/pause").status_code == 302
    assert expert.submit("/profile", action="/profile/resume").status_code == 302

    resting.start("scheduler")
    eventually(lambda: CATCHING_UP not in owner.get(matches).text, "it is back", timeout_s=100)
    assert "Water engineer number 1" in owner.get(matches).text


def test_redis_forgets_everything_and_nothing_is_lost(
    product: Stack, own_database: Database, redis: Redis, eventually: Callable[..., float]
) -> None:
    cast = seed(own_database)
    owner = Visitor(product, "owner@university.example").sign_in()
    asking = Visitor(product, "newcomer@example.org")
    with own_database.writing() as session:
        add_experts(session, range(10, 30))

    asking.submit("/sign-in", email=asking.email)
    for _ in range(5):
        redis.flushall()

    box = product.mailbox
    eventually(lambda: box.to(asking.email), "the link comes", timeout_s=40)
    eventually(lambda: lag(own_database) == 0, "the index is complete", timeout_s=40)
    page = owner.get(f"/needs/{cast.need.public_id}/matches?page=2")
    assert "Water engineer number" in page.text
    # Everything goes on afterwards, and no message came twice.
    Visitor(product, "late@example.org").sign_in()
    assert set(Counter(str(message["Message-ID"]) for message in box.messages).values()) == {1}
    assert len(box.to(asking.email)) == 1
    assert "has everybody" in verify(product)


def test_a_worker_killed_while_indexing_leaves_nothing_behind(
    resting: Stack, own_database: Database, eventually: Callable[..., float]
) -> None:
    seed(own_database, experts=150)
    worker = resting.start("worker")

    def embedded() -> int:
        with own_database.reading() as session:
            owners = func.count(Embedding.owner_id.distinct())
            return session.scalar(select(owners)) or 0

    eventually(embedded, "it has begun to embed", timeout_s=40)
    resting.processes.kill(worker)
    assert embedded() < 150

    resting.start("worker")
    eventually(lambda: lag(own_database) == 0, "everything is indexed", timeout_s=60)
    assert "has everybody" in verify(resting)


def test_a_worker_killed_while_mailing_sends_everything_once(
    resting: Stack, own_database: Database, eventually: Callable[..., float]
) -> None:
    taken, box = Event(), resting.mailbox
    worker = resting.start("worker")

    def die_while_sending(_message: object) -> str:
        """The worker dies after it sent the text, before it is told that it was taken."""
        if not taken.is_set():
            resting.processes.kill(worker)
            taken.set()
        return "451 Nobody is there to hear this"

    box.answer = die_while_sending
    asking = [Visitor(resting, f"asking{number}@example.org") for number in range(4)]
    for visitor in asking:
        assert visitor.submit("/sign-in", email=visitor.email).status_code == 302
    assert taken.wait(30)
    assert box.messages == []

    box.answer = lambda _message: None
    as_if_minutes_had_passed(own_database)
    resting.start("worker")
    resting.start("scheduler")
    eventually(lambda: len(box.messages) == 4, "all four links come", timeout_s=100)
    assert {len(box.to(visitor.email)) for visitor in asking} == {1}


def as_if_minutes_had_passed(database: Database) -> None:
    """The dead worker's claim ends by itself after two minutes; a test cannot wait."""
    with database.writing() as session:
        session.execute(
            update(MailMessage)
            .where(MailMessage.claimed_at.is_not(None))
            .values(claimed_at=now() - timedelta(minutes=5))
        )
