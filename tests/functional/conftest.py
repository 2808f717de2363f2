"""The real product as processes, and real people in front of it: nothing here is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.functional.people import People
from tests.support.processes import wait_until
from tests.support.stack import Stack
from virtual_return.config import Settings
from virtual_return.db import Database, make_engine

COORDINATOR = "staff@programme.example"
# Limits stay on; all these people share one address, so the number is higher.
SETTINGS = {
    "SIGN_IN_LIMIT": "1000 per hour",
    "COORDINATOR_EMAILS": COORDINATOR,
    # No round begins by itself, whatever time it is when tests run.
    "DIGEST_HOUR_UTC": "24",
    "TQDM_DISABLE": "1",
}


@pytest.fixture
def start_product(make_product: Callable[..., Stack]) -> Callable[..., Stack]:
    """Start everything that a deployment runs: start_product(ENCODER="default")."""

    def start(**changes: str) -> Stack:
        product = make_product(**{**SETTINGS, **changes})
        product.start("worker")
        product.start_web()
        product.start("scheduler")
        return product

    return start


@pytest.fixture
def product(start_product: Callable[..., Stack]) -> Stack:
    """The whole product, served."""
    return start_product()


@pytest.fixture
def own_database(database_url: str) -> Iterator[Database]:
    """The product's database, for looking behind the pages."""
    database = Database(make_engine(database_url))
    yield database
    database.engine.dispose()


@pytest.fixture
def own_settings(product: Stack) -> Settings:
    """The settings that matter to whoever reads the product's files."""
    return Settings(
        environment="test", data_dir=Path(product.settings["DATA_DIR"]), encoder="hashing"
    )


@pytest.fixture
def people(product: Stack, browser: Browser) -> Iterator[People]:
    """People in front of the product, each with a browser of their own."""
    people = People(product, browser)
    yield people
    people.leave()


@pytest.fixture
def eventually() -> Callable[..., float]:
    """Wait at most so long: a busy machine must not fail a test that is right."""

    def wait(condition: Callable[[], object], what: str, *, timeout_s: float = 60) -> float:
        return wait_until(condition, timeout_s=timeout_s, what=what)

    return wait
