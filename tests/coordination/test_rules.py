"""Published rules of the programme: the only thing that makes standing or ties matter."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, EligibilityRule, OutboxEntry
from models.choices import Standing
from tests.support.client import PageClient
from tests.support.factories import Cast, make_expert
from virtual_return.coordination import rules
from virtual_return.coordination.rules import Wording
from virtual_return.errors import Conflict, Forbidden, Invalid, NotFound
from virtual_return.jobs import changes
from virtual_return.matches.fact_rows import read_needs, read_people

WORDING = Wording(
    "Diaspora call 2026",
    "The fund pays for people who live abroad and have a tie to Somalia.",
    standings=("diaspora",),
    ties_to=("SO",),
    residence_in=("DE", "SE"),
)


def test_what_was_published_is_kept_as_data_and_audited(session: Session, cast: Cast) -> None:
    rule = rules.publish(session, cast.coordinator, WORDING)
    assert (rule.standings, rule.ties_to, rule.residence_in) == (["diaspora"], ["SO"], ["DE", "SE"])
    event = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "rule")).one()
    assert (event.action, event.object_id) == ("rule.published", rule.id)


@pytest.mark.parametrize(
    "wording",
    [Wording("", "Text.", ("local",)), Wording("Name", " ", ("local",)), Wording("Name", "Text.")],
)
def test_a_rule_needs_a_name_a_wording_and_a_condition(
    session: Session, cast: Cast, wording: Wording
) -> None:
    with pytest.raises(Invalid):
        rules.publish(session, cast.coordinator, wording)


def test_nobody_but_staff_publishes_retires_or_applies(session: Session, cast: Cast) -> None:
    rule = rules.publish(session, cast.coordinator, WORDING)
    for actor in (cast.owner, cast.expert):
        with pytest.raises(NotFound):
            rules.publish(session, actor, WORDING)
        with pytest.raises(NotFound):
            rules.retire(session, actor, rule)
        with pytest.raises((NotFound, Forbidden)):
            rules.put_under(session, actor, cast.need, rule)


def test_matching_compares_by_the_rule_and_hears_of_it(session: Session, cast: Cast) -> None:
    rule = rules.publish(session, cast.coordinator, WORDING)
    rules.put_under(session, cast.coordinator, cast.need, rule)
    told = session.scalars(select(OutboxEntry).where(OutboxEntry.job == changes.REFRESH)).all()
    assert [entry.arguments["ids"] for entry in told] == [[cast.need.id]]
    facts = read_needs(session, [cast.need.id])[str(cast.need.id)]
    assert facts.residence_in == {"DE", "SE"}
    assert facts.eligible == {"standing": {"diaspora"}, "tie": {"SO"}}
    local = make_expert(session, standing=Standing.LOCAL)
    people = read_people(session, [cast.profile.id, local.id])
    assert people[str(cast.profile.id)].attributes["standing"] == {"diaspora"}
    assert people[str(local.id)].attributes["standing"] == {"local"}


def test_a_retired_rule_keeps_its_needs_and_takes_no_more(session: Session, cast: Cast) -> None:
    rule = rules.publish(session, cast.coordinator, WORDING)
    rules.put_under(session, cast.coordinator, cast.need, rule)
    rules.retire(session, cast.coordinator, rule)
    assert rules.choosable(session, cast.need) == [rule]
    rules.put_under(session, cast.coordinator, cast.need, None)
    with pytest.raises(Conflict):
        rules.put_under(session, cast.coordinator, cast.need, rule)
    with pytest.raises(Conflict):
        rules.retire(session, cast.coordinator, rule)


def test_it_is_published_applied_and_read_by_everybody(
    client: PageClient, session: Session, cast: Cast
) -> None:
    staff = client.sign_in(cast.coordinator)
    answers = {
        "name": WORDING.name,
        "text": WORDING.text,
        "standings": ["diaspora"],
        "ties_to": ["SO"],
    }
    page = staff.follow(staff.submit(staff.get("/coordination/rules"), answers))
    assert "For people with a tie to" in page.text
    rule = session.scalars(select(EligibilityRule)).one()
    path = f"/coordination/needs/{cast.need.public_id}"
    staff.submit(staff.get(path), {"rule": rule.public_id}, action=f"{path}/rule")
    assert cast.need.rule is rule
    shown = client.sign_in(cast.expert).get(f"/needs/{cast.need.public_id}")
    assert "Who may take part" in shown.text
    assert WORDING.text in shown.text


def test_a_form_without_a_condition_says_what_to_do(client: PageClient, cast: Cast) -> None:
    page = client.sign_in(cast.coordinator).post(
        "/coordination/rules", {"name": "Rule", "text": "Words."}, status=422
    )
    assert "Choose at least one condition" in page.text
    assert "Words." in page.html
