"""Programme staff read the audit trail, narrowed to what they look for; nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AuditEvent, AuditHead, Engagement, now
from models.choices import EngagementState
from virtual_return import audit

PATH = "/coordination/audit"


@pytest.fixture
def told(session, cast):
    """Three events that differ in everything."""
    audit.record(
        session, "account.signed_in", actor_id=71, object_kind="user", object_id=71, way="link"
    )
    audit.record(
        session, "institution.role_changed", actor_id=72, object_kind="institution", object_id=5
    )
    old = AuditEvent(
        action="institution.join_refused",
        actor_id=73,
        object_kind="institution",
        object_id=6,
        details={},
        created_at=now() - timedelta(days=40),
    )
    session.add(old)
    session.commit()
    return cast


def agreed(session, told) -> Engagement:
    engagement = Engagement(
        need=told.need, expert=told.profile, state=EngagementState.ACCEPTED, revealed_at=now()
    )
    session.add(engagement)
    session.commit()
    return engagement


def seen(client, told, query: str) -> set[str]:
    page = client.sign_in(told.coordinator).get(f"{PATH}?{query}")
    known = ("account.signed_in", "institution.role_changed", "institution.join_refused")
    return {action for action in known if action in page.text}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=sign_ins", {"account.signed_in"}),
        ("topic=roles", {"institution.role_changed", "institution.join_refused"}),
        ("topic=refusals", {"institution.join_refused"}),
        ("topic=names", set()),
        ("actor=72", {"institution.role_changed"}),
        ("kind=institution&thing=6", {"institution.join_refused"}),
        (f"since={now().date() - timedelta(days=2)}", {
            "account.signed_in", "institution.role_changed",
        }),
        (f"until={now().date() - timedelta(days=2)}", {"institution.join_refused"}),
    ],
)  # fmt: skip
def test_each_filter_narrows_the_list(client, told, query, expected):
    assert seen(client, told, query) == expected


@pytest.mark.parametrize(
    "query", ["topic=x", "actor=-1", "actor=99999999999999999999", "thing=a", "since=2026-99-99",
              "kind=%27%3B", "page=0", "topic=roles&topic=names&until="],
)  # fmt: skip
def test_what_cannot_be_understood_breaks_nothing(client, told, query):
    client.sign_in(told.coordinator).get(f"{PATH}?{query}")


def test_the_end_of_the_chain_is_there_to_be_noted(client, told, session):
    page = client.sign_in(told.coordinator).get(PATH)
    assert session.get_one(AuditHead, 1).hash in page.text


def test_a_narrowed_list_keeps_its_filters_from_page_to_page(client, told, session):
    for number in range(60):
        audit.record(session, "need.edited", actor_id=9, object_kind="need", object_id=number)
    session.commit()
    page = client.sign_in(told.coordinator).get(f"{PATH}?actor=9&topic=needs")
    assert f"{PATH}?topic=needs&actor=9&page=2" in page.html.replace("&amp;", "&")


def test_the_trail_is_not_there_for_others(client, told):
    for user in (told.owner, told.expert, told.stranger):
        client.sign_in(user).get(PATH, status=404)
    client.get(PATH, status=302)


def test_whose_name_was_seen_by_whom_is_kept(client, session, told):
    engagement = agreed(session, told)
    path = f"/engagements/{engagement.public_id}"
    assert told.expert.name in client.sign_in(told.owner).get(path).text
    client.sign_in(told.expert).get(path)
    events = session.query(AuditEvent).filter_by(action="expert.named_viewed").all()
    assert [(event.actor_id, event.object_id) for event in events] == [
        (told.owner.id, told.profile.id)
    ]
    assert told.expert.name not in str(events[0].details)


def test_an_owner_shows_a_second_factor_before_a_name(client, session, told):
    engagement = agreed(session, told)
    owner = client.sign_in(told.owner, both_factors=False)
    page = owner.get(f"/engagements/{engagement.public_id}", status=302)
    assert page.location.startswith("/settings/second-factor")
