"""Leaving a list: one click, no sign-in, and the other lists stay."""

from __future__ import annotations

import pytest

from models.choices import DigestList, Frequency
from tests.support.page import parse
from virtual_return.digests import preferences


@pytest.fixture
def address(app, cast):
    with app.test_request_context():
        token = preferences.make_token(
            app.extensions["services"].settings.secret_key, cast.expert, DigestList.EXPERT_MATCHES
        )
    return f"/digests/leave/{token}"


def wish(session, cast, which=DigestList.EXPERT_MATCHES):
    return preferences.frequency(session, cast.expert.id, which)


def test_opening_the_address_changes_nothing(client, session, cast, address):
    page = client.get(address)
    assert page.h1 == "Leave this list?"
    assert wish(session, cast) == Frequency.WEEKLY


def test_the_button_leaves_one_list_alone(client, session, cast, address):
    page = client.submit(client.get(address), status=200)
    assert page.h1 == "You left this list"
    assert wish(session, cast) == Frequency.NEVER
    assert wish(session, cast, DigestList.INSTITUTION_MATCHES) == Frequency.WEEKLY


def test_a_mail_program_leaves_without_cookie_or_token(make_app, session, cast, address):
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = True
    session.commit()
    answer = app.test_client().post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    session.expire_all()
    assert wish(session, cast) == Frequency.NEVER
    assert parse(answer.get_data(as_text=True)).one("h1").text == "You left this list"


def test_leaving_twice_is_leaving_once(client, session, cast, address):
    client.post(address, status=200)
    client.post(address, status=200)
    assert wish(session, cast) == Frequency.NEVER


def test_a_changed_address_leaves_nothing(client, session, cast, address):
    client.post(address[:-2] + "xx", status=404)
    assert wish(session, cast) == Frequency.WEEKLY


def test_the_address_holds_no_personal_data(cast, address):
    assert "@" not in address
    assert "Elias" not in address


def test_frequencies_are_chosen_after_signing_in(client, session, cast):
    client.get("/digests", status=302)
    mine = client.sign_in(cast.expert)
    page = mine.get("/digests")
    mine.submit(page, {"expert_matches": "monthly"})
    assert wish(session, cast) == Frequency.MONTHLY


def test_a_frequency_that_does_not_exist_is_refused(client, session, cast):
    mine = client.sign_in(cast.expert)
    mine.post("/digests", {"expert_matches": "hourly", "institution_matches": "never"}, status=422)
    assert wish(session, cast) == Frequency.WEEKLY
