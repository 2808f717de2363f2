"""Every page without parameters, for everybody: none fails, and each opens for whom it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.functional.conftest import COORDINATOR
from tests.functional.plain import Visitor
from tests.functional.seeds import seed
from tests.support.stack import Stack
from virtual_return.accounts.access import DECLARED, Access
from virtual_return.app import create_app
from virtual_return.config import Settings
from virtual_return.db import Database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def routes(app: Flask) -> Iterator[tuple[str, Access]]:
    """Return each address that can be opened as it stands, with who may."""
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()) or "." not in rule.endpoint:
            continue
        view = app.view_functions[rule.endpoint]
        blueprint = rule.endpoint.partition(".")[0]
        yield rule.rule, getattr(view, "access", DECLARED[blueprint])


def fault_of(status: int, location: str, access: Access, *, role: str) -> str:
    """Return what is wrong with an answer, or nothing."""
    asks_to_sign_in = status == 302 and location.startswith("/sign-in")
    if status >= 500 or status in {401, 403, 405}:
        return "fails"
    if role == "visitor" and access is not Access.PUBLIC:
        return "" if asks_to_sign_in else "is open to visitors"
    if access is Access.COORDINATOR and role != "coordinator":
        return "" if status == 404 else "is open to others than programme staff"
    if access is Access.COORDINATOR:
        return "" if status == 200 else "is closed to programme staff"
    is_asked_again = asks_to_sign_in and access is not Access.PUBLIC
    return "asks to sign in again" if is_asked_again else ""


def test_every_address_opens_for_whom_it_says(
    product: Stack, own_database: Database, settings: Settings
) -> None:
    seed(own_database)
    people = {
        "visitor": Visitor(product),
        "expert": Visitor(product, "expert@example.org").sign_in(),
        "owner": Visitor(product, "owner@university.example").sign_in(),
        "coordinator": Visitor(product, COORDINATOR).sign_in().set_up_second_factor(),
    }
    addresses = sorted(routes(create_app(settings)))
    faults = []
    for path, access in addresses:
        for role, visitor in people.items():
            answer = visitor.get(path)
            location = answer.headers.get("Location", "")
            if fault := fault_of(answer.status_code, location, access, role=role):
                faults.append(f"{path} ({access}) {fault}: {answer.status_code} for {role}")
    assert len(addresses) > 25
    assert faults == []
