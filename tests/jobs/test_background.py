"""Everything that anybody enqueues is known to the worker."""

import ast
from pathlib import Path

import pytest

from virtual_return import background
from virtual_return.digests.rounds import SEND_ONE
from virtual_return.experts.orcid import READ
from virtual_return.institutions.evidence import CHECK, DELETE_DOCUMENT
from virtual_return.jobs.changes import REFRESH
from virtual_return.jobs.mailing import DELIVER
from virtual_return.jobs.queues import EVERY_QUEUE
from virtual_return.jobs.registry import Registry

PACKAGE = Path(background.__file__).parent


@pytest.fixture
def registry(app) -> Registry:
    return background.make_registry(app.extensions["services"])


@pytest.mark.parametrize("name", [DELIVER, REFRESH, SEND_ONE, CHECK, DELETE_DOCUMENT, READ])
def test_each_job_is_registered(registry, name):
    assert registry.jobs[name].queue in EVERY_QUEUE


def test_no_place_enqueues_a_job_that_is_not_in_the_list_above():
    known = {"DELIVER", "REFRESH", "SEND_ONE", "CHECK", "DELETE_DOCUMENT", "READ"}
    used = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = isinstance(node, ast.Call) and ast.unparse(node.func)
            if name in {"enqueue", "outbox.enqueue"}:
                used.add(ast.unparse(node.args[1]))

    assert used == known


def test_everything_periodic_has_a_queue_and_ends(registry):
    assert "sweep" in registry.schedule
    for periodic in registry.schedule.values():
        assert periodic.queue in EVERY_QUEUE
        assert periodic.timeout_s > 0
