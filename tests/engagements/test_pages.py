"""Pages of engagements: each side reads what it may, and names come with the second yes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Engagement, Expert, Need, now
from models.choices import EngagementState, Role, Visibility
from tests.matches.conftest import count_queries
from tests.support.factories import add_member, make_expert, make_user
from virtual_return.jobs import changes
from virtual_return.matches.jobs import refresh_now
from virtual_return.security import seal


@pytest.fixture
def indexed(session, cast, database, settings):
    changes.changed_many(session, "expert", list(session.scalars(select(Expert.id))))
    changes.changed_many(session, "need", list(session.scalars(select(Need.id))))
    session.commit()
    refresh_now(settings, database)
    session.expire_all()
    return cast


@pytest.fixture
def handle(settings, cast):
    return seal(settings.secret_key, f"need:{cast.need.id}", cast.profile.id)


def invite(client, cast, handle, **options):
    path = f"/needs/{cast.need.public_id}/matches/{handle}/invite"
    return client.sign_in(cast.owner).post(path, {"message": "Would you help?"}, **options)


def assert_unnamed(page, cast):
    """Nothing that points at the person stands anywhere in the page."""
    secrets = [cast.expert.name, cast.expert.email, cast.profile.city, cast.profile.employer]
    secrets += [
        str(cast.expert.public_id),
        str(cast.profile.public_id),
        cast.expert.name.split()[0],
    ]
    found = [secret for secret in secrets if secret in page.html]
    assert not found, f"{page.path} shows {found}"


def test_names_come_with_the_yes_and_not_before(client, session, indexed, handle):
    cast = indexed
    invited = invite(client, cast, handle)
    owner, expert = client.sign_in(cast.owner), client.sign_in(cast.expert)
    assert_unnamed(owner.follow(invited), cast)
    assert_unnamed(owner.get("/engagements"), cast)
    page = expert.get(invited.location)
    assert cast.owner.email not in page.html
    assert "Would you help?" in page.text
    expert.submit(page, action=f"{invited.location}/accept")
    named = owner.get(invited.location)
    assert cast.expert.name in named.text
    assert cast.expert.email in named.text
    assert cast.owner.email in expert.get(invited.location).text


def test_a_refusal_reads_like_silence(client, session, indexed, handle):
    cast = indexed
    invited = invite(client, cast, handle)
    expert = client.sign_in(cast.expert)
    page = expert.get(invited.location)
    expert.submit(page, {"reason": "I do not trust them"}, action=f"{invited.location}/decline")
    seen = client.sign_in(cast.owner).get(invited.location)
    assert "Not this time" in seen.text
    assert "trust" not in seen.html
    assert "declin" not in seen.html.lower()
    assert_unnamed(seen, cast)


def test_a_stranger_finds_nothing(client, indexed, handle):
    invited = invite(client, indexed, handle)
    stranger = client.sign_in(indexed.stranger)
    stranger.get(invited.location, status=404)
    stranger.post(f"{invited.location}/accept", status=404)
    client.get(invited.location, status=302)


def test_a_handle_of_another_need_is_worth_nothing(client, settings, indexed):
    wrong = seal(settings.secret_key, "need:999999", indexed.profile.id)
    invite(client, indexed, wrong, status=404)
    invite(client, indexed, "not-a-handle", status=404)


def test_who_hid_meanwhile_cannot_be_asked(client, session, indexed, handle):
    indexed.profile.visibility = Visibility.HIDDEN
    session.commit()
    path = f"/needs/{indexed.need.public_id}/matches/{handle}/invite"
    client.sign_in(indexed.owner).get(path, status=404)
    assert session.scalar(select(Engagement)) is None


def test_who_hid_after_an_invitation_is_not_read_any_more(client, session, indexed, handle):
    invited = invite(client, indexed, handle)
    owner = client.sign_in(indexed.owner)
    assert indexed.profile.headline_anonymous in owner.get(invited.location).text
    indexed.profile.visibility = Visibility.HIDDEN
    session.commit()
    assert indexed.profile.headline_anonymous not in owner.get(invited.location).text


def test_an_invitation_needs_words(client, session, indexed, handle):
    path = f"/needs/{indexed.need.public_id}/matches/{handle}/invite"
    page = client.sign_in(indexed.owner).post(path, {"message": ""}, status=422)
    assert page.document.one("title").text.startswith("Error: ")
    client.sign_in(indexed.owner).post(path, {"message": "x" * 2001}, status=422)
    assert session.scalar(select(Engagement)) is None


def test_a_viewer_reads_and_does_not_act(client, session, indexed, handle):
    viewer = make_user(session)
    add_member(session, indexed.institution, viewer, Role.VIEWER)
    session.commit()
    invited = invite(client, indexed, handle)
    reading = client.sign_in(viewer)
    reading.get(invited.location)
    reading.post(f"{invited.location}/withdraw", status=403)
    path = f"/needs/{indexed.need.public_id}/matches/{handle}/invite"
    reading.get(path, status=403)


def test_an_offer_goes_both_ways(client, session, indexed):
    expert, owner = client.sign_in(indexed.expert), client.sign_in(indexed.owner)
    page = expert.get(f"/needs/{indexed.need.public_id}/interest")
    sent = expert.submit(page, {"message": "I could read the curriculum."})
    seen = owner.get(sent.location)
    assert "I could read the curriculum." in seen.text
    assert_unnamed(seen, indexed)
    owner.submit(seen, action=f"{sent.location}/accept")
    session.expire_all()
    assert session.scalar(select(Engagement.state)) == EngagementState.ACCEPTED
    assert indexed.expert.email in owner.get(sent.location).text


@pytest.mark.parametrize("action", ["expire", "approve", "reveal"])
def test_there_are_no_other_actions(client, indexed, handle, action):
    invited = invite(client, indexed, handle)
    client.sign_in(indexed.expert).post(f"{invited.location}/{action}", status=404)


def test_nothing_yet_leads_on(client, cast):
    page = client.sign_in(cast.stranger).get("/engagements")
    assert "Look at open needs" in page.links


def test_a_longer_list_asks_no_more_of_the_database(client, connection, session, cast):
    def offers(count):
        for _ in range(count):
            session.add(
                Engagement(
                    need=cast.need, expert=make_expert(session), state=EngagementState.ACCEPTED,
                    revealed_at=now(),
                )
            )  # fmt: skip
        session.commit()

    owner = client.sign_in(cast.owner)
    offers(2)
    with count_queries(connection) as few:
        owner.get("/engagements")
    offers(6)
    with count_queries(connection) as many:
        owner.get("/engagements")
    assert len(many) == len(few)
