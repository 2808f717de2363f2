"""Everybody before every address in every state of what it is about: the whole matrix.

Each request runs in a savepoint of one world and is taken back. What is expected stands beside
each endpoint in `virtual_return.policy.routes`; nothing here is recorded from what happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask, make_response
from sqlalchemy import Connection, Engine
from werkzeug.routing import Rule

from tests.policy.world import DEFAULT_STATE, STATES, World, build, make_settings, put
from tests.support.database import BoundDatabase, outer_transaction
from virtual_return import errors
from virtual_return.app import create_app
from virtual_return.config import Settings
from virtual_return.policy.routes import ROUTES, Route
from virtual_return.policy.routes.audiences import Kept, Who
from virtual_return.policy.routes.experts import FOREIGN

# Parts of an address that name the kind of thing which `<public_id>` is.
ABOUT = (("institutions", "institution"), ("needs", "need"), ("engagements", "engagement"))
STATUS = {Kept.REFUSED: 403, Kept.HIDDEN: 404, Kept.CONFLICT: 409}


def rules_of(app: Flask) -> dict[str, Rule]:
    """Return the application's own addresses, by endpoint."""
    return {rule.endpoint: rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}


@pytest.fixture(scope="module")
def settings_of_all(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_settings(tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="module")
def held(engine: Engine) -> Iterator[Connection]:
    connection = outer_transaction(engine)
    yield connection
    connection.rollback()
    connection.close()


@pytest.fixture(scope="module")
def application(held: Connection, settings_of_all: Settings) -> Flask:
    app = create_app(settings_of_all)
    database = BoundDatabase(held)
    app.extensions["database"] = database
    app.extensions["services"] = replace(app.extensions["services"], database=database)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture(scope="module", autouse=True)
def _plain_error_pages() -> Iterator[None]:
    """Answer errors with their status alone: half of all requests end in one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errors, "_page", lambda status, *_words: make_response("", int(status)))
        yield


@pytest.fixture(scope="module")
def world(held: Connection, application: Flask, settings_of_all: Settings) -> World:
    return build(held, application, settings_of_all)


def about_of(route: Route, rule: Rule) -> str:
    """Return what kind of thing an address is about, or nothing."""
    if route.about or "public_id" not in rule.arguments or "public_id" in route.parts:
        return route.about
    words = rule.rule.partition("<")[0].strip("/").split("/")
    return next(kind for word, kind in ABOUT if word in words)


def address_of(route: Route, rule: Rule, world: World) -> str:
    """Return the address with its variable parts filled in."""
    path = rule.rule
    for name in rule.arguments:
        wanted = route.parts.get(name) or about_of(route, rule)
        path = path.replace(f"<{name}>", world.things.get(wanted, wanted))
    return path


def fault_of(status: int, location: str, kept: Kept | None, expected: int) -> str:
    """Return what is wrong with an answer, or nothing."""
    path = urlsplit(location).path if status in {301, 302, 303} else ""
    asks = path in {"/sign-in", "/sign-in/second-step"}
    steps_up = path == "/settings/second-factor"
    if kept is None:
        fits = status == expected and not (asks and expected == 200)
    elif kept is Kept.SIGN_IN:
        fits = asks
    elif kept is Kept.STEP_UP:
        fits = steps_up
    elif kept is Kept.AWAY:
        fits = bool(path) and not asks and not steps_up
    else:
        fits = status == STATUS[kept]
    return "" if fits else f"{status} {location}".strip()


def ask(
    app: Flask, world: World, who: Who, method: str, path: str, form: dict[str, str]
) -> tuple[int, str]:
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": world.cookies[who]} if who in world.cookies else {}
    data = form if method == "POST" else None
    with client.open(path, method=method, headers=headers, data=data, buffered=True) as answer:
        return answer.status_code, answer.headers.get("Location", "")


def faults_of(
    held: Connection, app: Flask, world: World, route: Route, rule: Rule
) -> Iterator[str]:
    about, path = about_of(route, rule), address_of(route, rule, world)
    for state in STATES.get(about, [""]):
        moved = held.begin_nested()
        if state and state != DEFAULT_STATE[about]:
            put(held, world, about, state)
        for method in sorted(route.methods):
            kept_out, status = route.answer(state, method)
            for who in Who:
                undone = held.begin_nested()
                found = ask(app, world, who, method, path, dict(route.form))
                undone.rollback()
                if fault := fault_of(*found, kept_out.get(who), status):
                    wanted = kept_out.get(who) or status
                    where = f"{method} {path} ({state})" if state else f"{method} {path}"
                    yield f"{where} as {who}: {fault}, not {wanted}"
        moved.rollback()


def test_every_address_has_a_line_and_every_line_an_address(app: Flask) -> None:
    addresses = rules_of(app)
    assert sorted(set(addresses) - set(ROUTES)) == [], "without a line in policy/routes"
    assert sorted(set(ROUTES) - set(addresses)) == [], "lines without an address"


def test_every_line_speaks_of_every_method(app: Flask) -> None:
    for endpoint, rule in rules_of(app).items():
        methods = set(rule.methods or ()) & {"GET", "POST"}
        line = ROUTES.get(endpoint)
        assert line is None or line.methods == methods, endpoint


@pytest.mark.parametrize("endpoint", sorted(ROUTES))
def test_everybody_is_answered_as_the_line_says(
    endpoint: str, held: Connection, application: Flask, world: World
) -> None:
    rule = rules_of(application)[endpoint]
    assert not (faults := list(faults_of(held, application, world, ROUTES[endpoint], rule))), (
        "\n".join(faults)
    )


@pytest.mark.parametrize("endpoint", sorted(FOREIGN))
def test_what_is_in_another_profile_is_not_there(
    endpoint: str, held: Connection, application: Flask, world: World
) -> None:
    rule = rules_of(application)[endpoint]
    faults = list(faults_of(held, application, world, FOREIGN[endpoint], rule))
    assert not faults, "\n".join(faults)
