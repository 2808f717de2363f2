"""The header shows each person their own ways, and only those that lead somewhere."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask
from flask_login import LoginManager

from virtual_return.templating.navigation import ENTRIES, navigation


@pytest.fixture
def served(face: Flask) -> Flask:
    for endpoint, _, _ in ENTRIES:
        face.add_url_rule(f"/{endpoint}", endpoint, lambda: "")
    return face


def entries(app: Flask, path: str = "/needs.browse", **person: bool) -> list[str]:
    if person:
        manager = LoginManager(app)
        manager.request_loader(lambda request: SimpleNamespace(is_authenticated=True, **person))
    with app.test_request_context(path):
        return [entry.text for entry in navigation()]


def test_a_visitor_reads_needs_and_what_this_is(served: Flask) -> None:
    assert entries(served) == ["All needs", "How it works", "Protection"]


def test_an_expert_finds_needs_that_fit(served: Flask) -> None:
    found = entries(served, has_expert_profile=True)

    assert found == ["Needs for you", "All needs", "Your profile", "Engagements"]


def test_a_member_finds_the_institution(served: Flask) -> None:
    assert entries(served, has_memberships=True) == ["All needs", "Your institution", "Engagements"]


def test_a_coordinator_finds_the_queue(served: Flask) -> None:
    assert entries(served, is_coordinator=True) == ["All needs", "Coordination"]


def test_somebody_new_can_begin_on_either_side(served: Flask) -> None:
    found = entries(served, is_coordinator=False)

    assert found == ["All needs", "Your institution", "Your profile"]


def test_what_nothing_serves_is_left_out(face: Flask) -> None:
    assert entries(face) == []


def test_the_current_page_is_marked(served: Flask) -> None:
    with served.test_request_context("/needs.browse"):
        assert [entry.text for entry in navigation() if entry.is_current] == ["All needs"]
