"""Inviting, offering and answering: consent, limits and the last free place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import AuditEvent, Block, Engagement, MailMessage, now
from models.choices import (
    BlockKind,
    EngagementState,
    NeedState,
    Role,
    VerificationState,
    Visibility,
)
from tests.support.factories import add_member, make_institution, make_need, make_user
from virtual_return.engagements import operations, queries
from virtual_return.engagements.states import Action, Side
from virtual_return.errors import Conflict


@pytest.fixture(autouse=True)
def _in_a_request(app):
    with app.test_request_context():
        yield


@pytest.fixture
def invited(session, cast):
    return operations.invite(session, cast.owner, cast.need, cast.profile.id, "Would you help?")


def mails(session, kind):
    return session.scalars(select(MailMessage).where(MailMessage.kind == kind)).all()


def test_an_invitation_reaches_the_expert_and_the_trail(session, cast, invited):
    assert invited.state == EngagementState.INVITED
    assert invited.due_at is not None
    (message,) = mails(session, "engagement_invitation")
    assert message.recipient == cast.expert.email
    assert "Would you help?" not in message.body_text
    actions = session.scalars(select(AuditEvent.action)).all()
    assert "engagement.invited" in actions


def test_a_yes_reveals_both_and_only_a_yes(session, cast, invited):
    assert invited.revealed_at is None
    operations.accept(session, cast.expert, invited, Side.EXPERT)
    assert invited.state == EngagementState.ACCEPTED
    assert invited.revealed_at is not None
    assert {message.recipient for message in mails(session, "engagement_accepted")} == {
        cast.expert.email,
        cast.owner.email,
        cast.member.email,
    }


def test_a_refusal_is_free_and_its_reason_stays_with_staff(session, cast, invited):
    operations.decline(session, cast.expert, invited, Side.EXPERT, "They were rude to my brother")
    assert invited.state == EngagementState.DECLINED
    assert invited.revealed_at is None
    for message in mails(session, "engagement_over"):
        assert "rude" not in message.body_text + message.body_html
        assert "declin" not in (message.body_text + message.subject).lower()


def test_the_same_person_is_not_asked_twice_for_one_need(session, cast, invited):
    operations.decline(session, cast.expert, invited, Side.EXPERT)
    with pytest.raises(Conflict):
        operations.invite(session, cast.owner, cast.need, cast.profile.id, "Please?")


@pytest.mark.parametrize(
    "change",
    [
        lambda profile: setattr(profile, "visibility", Visibility.HIDDEN),
        lambda profile: setattr(profile, "visibility", Visibility.STAFF),
        lambda profile: setattr(profile, "is_paused", True),
        lambda profile: setattr(profile, "invitations_per_month", 0),
        lambda profile: setattr(profile, "capacity", 0),
        lambda profile: profile.blocks.append(Block(kind=BlockKind.COUNTRY, value="SO")),
        lambda profile: profile.blocks.append(
            Block(kind=BlockKind.DOMAIN, value="university.example")
        ),
    ],
    ids=["hidden", "staff only", "paused", "no invitations", "no place", "country", "domain"],
)
def test_all_ways_of_not_being_available_sound_alike(session, cast, change):
    change(cast.profile)
    session.flush()
    with pytest.raises(Conflict) as refused:
        operations.invite(session, cast.owner, cast.need, cast.profile.id, "Would you help?")
    assert str(refused.value.message) == (
        "This person cannot take an invitation at the moment. Please choose somebody else."
    )
    assert session.scalar(select(func.count()).select_from(Engagement)) == 0


def test_a_monthly_limit_holds_across_institutions(session, cast):
    cast.profile.invitations_per_month = 1
    operations.invite(session, cast.owner, cast.need, cast.profile.id, "Would you help?")
    other_owner = make_user(session)
    other = make_institution(session, owner=other_owner)
    with pytest.raises(Conflict):
        operations.invite(session, other_owner, make_need(session, other), cast.profile.id, "You?")


def test_the_last_free_place_goes_to_one(session, cast, invited):
    other_owner = make_user(session)
    other = make_institution(session, owner=other_owner)
    second = operations.invite(
        session, other_owner, make_need(session, other), cast.profile.id, "And us?"
    )
    operations.accept(session, cast.expert, invited, Side.EXPERT)
    with pytest.raises(Conflict, match="no room"):
        operations.accept(session, cast.expert, second, Side.EXPERT)
    assert second.state == EngagementState.INVITED
    assert second.revealed_at is None


def test_an_end_frees_the_place(session, cast, invited):
    operations.accept(session, cast.expert, invited, Side.EXPERT)
    assert queries.places_left(session, cast.profile) == 0
    operations.end(session, cast.owner, invited, Side.INSTITUTION, action=Action.CLOSE)
    assert queries.places_left(session, cast.profile) == 1


def test_an_answer_that_comes_second_changes_nothing(session, cast, invited):
    operations.withdraw(session, cast.owner, invited, Side.INSTITUTION)
    with pytest.raises(Conflict):
        operations.accept(session, cast.expert, invited, Side.EXPERT)
    assert invited.revealed_at is None


def test_nobody_answers_for_the_other_side(session, cast, invited):
    with pytest.raises(Conflict):
        operations.accept(session, cast.owner, invited, Side.INSTITUTION)


def test_a_need_that_closed_takes_no_yes(session, cast, invited):
    cast.need.state = NeedState.CLOSED
    with pytest.raises(Conflict, match="not open"):
        operations.accept(session, cast.expert, invited, Side.EXPERT)


def overdue(need):
    need.expires_at = now() - timedelta(minutes=1)


def suspended(need):
    need.institution.state = VerificationState.SUSPENDED


@pytest.mark.parametrize("change", [overdue, suspended])
def test_a_need_that_is_open_by_name_alone_takes_no_yes(session, cast, invited, change):
    change(cast.need)
    with pytest.raises(Conflict, match="not open"):
        operations.accept(session, cast.expert, invited, Side.EXPERT)


def test_an_expert_may_begin_and_the_institution_answers(session, cast):
    offer = operations.express_interest(session, cast.expert, cast.need, "I could do this.")
    assert offer.state == EngagementState.APPLIED
    assert offer.revealed_at is None
    operations.accept(session, cast.owner, offer, Side.INSTITUTION)
    assert offer.revealed_at is not None


def test_an_offer_to_those_one_hides_from_is_refused_with_the_remedy(session, cast):
    cast.profile.visibility = Visibility.HIDDEN
    session.flush()
    with pytest.raises(Conflict, match="cannot see your profile"):
        operations.express_interest(session, cast.expert, cast.need, "I could do this.")


def test_hiding_releases_whoever_waits(session, cast, invited):
    operations.release_all_of(session, cast.profile)
    assert invited.state == EngagementState.DECLINED
    assert mails(session, "engagement_over")


def test_viewers_get_no_mail(session, cast):
    viewer = make_user(session)
    add_member(session, cast.institution, viewer, Role.VIEWER)
    operations.express_interest(session, cast.expert, cast.need, "I could do this.")
    recipients = {message.recipient for message in mails(session, "engagement_interest")}
    assert recipients == {cast.owner.email, cast.member.email}
