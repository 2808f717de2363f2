"""Outcomes are forgotten after twelve months, go with the account, and never score."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import matching
from models import Engagement, Outcome, now
from models.choices import OutcomeKind, OutcomeList
from tests.matches.conftest import indexed, work  # noqa: F401 - fixtures
from tests.support.factories import Cast, make_expert, make_need
from virtual_return import background
from virtual_return.accounts import erasure, exports
from virtual_return.engagements import operations as engagements
from virtual_return.engagements.states import Side
from virtual_return.experts import leaving
from virtual_return.matches import service
from virtual_return.outcomes import jobs
from virtual_return.outcomes.operations import Event, forget_old, record
from virtual_return.services import services

PEOPLE, NEEDS = OutcomeList.PEOPLE, OutcomeList.NEEDS
ROOT = Path(matching.__file__).parents[1]


def add(session: Session, cast: Cast, *, days_ago: int = 0, kind: str = "shown") -> Outcome:
    row = Outcome(
        need_id=cast.need.id, expert_id=cast.profile.id, list=PEOPLE, kind=OutcomeKind(kind),
        rank=1, day=now().date() - timedelta(days=days_ago), generation="1",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_what_is_older_than_twelve_months_is_deleted(session: Session, cast: Cast) -> None:
    kept = [add(session, cast, days_ago=days).id for days in (0, 365)]
    for days in (366, 800):
        add(session, cast, days_ago=days)

    assert forget_old(session) == 2
    assert list(session.scalars(select(Outcome.id).order_by(Outcome.id))) == kept
    assert forget_old(session) == 0


def test_it_is_deleted_every_night(app: Flask) -> None:
    with app.app_context():
        registry = background.make_registry(services())

    assert registry.schedule[jobs.FORGET].function is forget_old
    assert registry.schedule[jobs.FORGET].cron


def test_erasing_an_account_deletes_its_rows_and_says_so(
    app: Flask, session: Session, cast: Cast
) -> None:
    other = make_expert(session)
    for expert_id in (cast.profile.id, other.id):
        record(session, [Event(cast.need.id, expert_id, PEOPLE, OutcomeKind.SHOWN, 1, "1")])
    session.commit()

    with app.test_request_context():
        receipt = erasure.erase(session, cast.expert, cast.expert)

    assert receipt.counts["outcome"] == 1
    assert [row.expert_id for row in session.scalars(select(Outcome))] == [other.id]


def test_deleting_a_profile_deletes_its_rows(app: Flask, session: Session, cast: Cast) -> None:
    add(session, cast)
    session.commit()

    with app.test_request_context():
        leaving.delete_profile(session, cast.expert, cast.profile)

    assert session.scalars(select(Outcome)).all() == []


def test_a_need_takes_its_rows_with_it(session: Session, cast: Cast) -> None:
    add(session, cast)
    session.delete(cast.need)
    session.flush()

    assert session.scalars(select(Outcome)).all() == []


def test_the_export_has_what_is_kept_and_names_no_need_that_only_looked(
    app: Flask, session: Session, cast: Cast
) -> None:
    seen = make_need(session, cast.institution, title="Seen in the own list")
    pair = cast.profile.id
    record(session, [Event(cast.need.id, pair, PEOPLE, OutcomeKind.SHOWN, 2, "1")])
    record(session, [Event(cast.need.id, pair, PEOPLE, OutcomeKind.OPENED)])
    record(session, [Event(seen.id, pair, NEEDS, OutcomeKind.SHOWN, 4, "1")])
    record(session, [Event(seen.id, pair, NEEDS, OutcomeKind.DECLINED)])

    with app.test_request_context():
        rows = exports.collect(session, cast.expert)["outcomes"]
        nothing = exports.collect(session, cast.stranger)["outcomes"]

    assert [(row["what"], row["list"], row["need"], row["rank"]) for row in rows] == [
        ("shown", "people", None, 2),
        ("opened", "people", None, 2),
        ("shown", "needs", "Seen in the own list", 4),
        ("declined", "needs", "Seen in the own list", 4),
    ]
    assert {row["day"] for row in rows} == {now().date()}
    assert nothing == []


def test_figures_are_totals(make_app, session: Session, cast: Cast) -> None:
    add(session, cast)
    add(session, cast, kind="declined")
    session.commit()

    text = make_app(metrics=True).test_client().get("/metrics").get_data(as_text=True)

    assert 'virtual_return_outcomes{kind="shown",list="people"} 1.0' in text
    assert 'virtual_return_outcomes{kind="declined",list="people"} 1.0' in text
    assert "virtual_return_outcomes_lost" in text


# Whoever may know the table: all that writes, forgets, hands out and evaluates offline.
MAY_KNOW = re.compile(
    r"virtual_return/(outcomes/|health/metrics\.py|matches/(views|outcome_\w+)\.py|needs/views\.py"
    r"|engagements/operations\.py|background\.py|app\.py|cli/|coordination/exposure\.py)|^matching/outcome_judgements\.py"
)


def test_nothing_that_ranks_reads_the_table() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("matching", "platform/virtual_return")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bOutcome\b|\boutcomes\b|\bmodels\.outcome\b", path.read_text("utf-8"))
    ]

    assert [path for path in readers if not MAY_KNOW.search(path)] == []
    assert readers


def test_judgements_from_outcomes_are_made_for_evaluation_alone() -> None:
    importers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("matching", "platform/virtual_return")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(
            r"import.*outcome_(judgements|data)|outcome_judgements import", path.read_text()
        )
    }

    assert importers == {
        "platform/virtual_return/cli/evaluate.py",
        "platform/virtual_return/matches/outcome_data.py",
    }


def test_declining_changes_no_score_and_no_rank(
    app: Flask,
    session: Session,
    indexed: Cast,  # noqa: F811
) -> None:
    with app.test_request_context():
        before = service.list_people(session, indexed.need).matches
        for number in range(5):
            other = make_need(session, indexed.institution, title=f"Another need {number}")
            indexed.profile.invitations_per_month = 50
            asked = engagements.invite(session, indexed.owner, other, indexed.profile.id, "Please")
            engagements.decline(session, indexed.expert, asked, Side.EXPERT, "No")
        assert len(session.scalars(select(Outcome)).all()) == 10
        after = service.list_people(session, indexed.need).matches
        session.execute(delete(Outcome))
        session.execute(delete(Engagement))
        without = service.list_people(session, indexed.need).matches

    assert [(m.expert_id, m.rank, m.score, m.band) for m in before] == [
        (m.expert_id, m.rank, m.score, m.band) for m in after
    ]
    assert before == after == without
