"""The log evaluates matching offline, through the same code, or says that it is too short."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from matching.outcome_judgements import TooFewOutcomes
from models import Expert, Need, Outcome, now
from models.choices import NeedState, OutcomeKind, OutcomeList, Visibility
from tests.support.factories import make_expert, make_institution, make_need, make_user
from virtual_return.cli import main
from virtual_return.db import Database, make_engine
from virtual_return.matches import outcome_data

TOPICS = ("water pumps", "tax law", "bee keeping", "heart surgery", "solar power")


def fill(session: Session) -> tuple[list[Expert], list[Need]]:
    """Add 25 people, 20 needs, and lists of ten in which the right ones were asked."""
    institution = make_institution(session, owner=make_user(session))
    people = [
        make_expert(
            session,
            headline=f"Engineer of {TOPICS[number % 5]}",
            about=f"I have worked on {TOPICS[number % 5]} for years.",
            evidence=[f"Led a project on {TOPICS[number % 5]}, number {number}."],
        )
        for number in range(25)
    ]
    needs = [
        make_need(
            session,
            institution,
            title=f"Teach us {TOPICS[number % 5]}",
            task=f"Give a course on {TOPICS[number % 5]}.",
            # Needs that found somebody are not open any more.
            state=NeedState.FILLED if number % 2 else NeedState.OPEN,
        )
        for number in range(20)
    ]
    for at, need in enumerate(needs):
        for rank in range(1, 12):
            expert = people[(at + rank * 3) % 25]
            fits = people.index(expert) % 5 == at % 5
            add(session, need, expert, OutcomeKind.SHOWN, rank)
            if fits or rank == 9:
                add(session, need, expert, OutcomeKind.OPENED, rank)
            if fits:
                add(session, need, expert, OutcomeKind.INVITED, rank)
    session.flush()
    return people, needs


def add(session: Session, need: Need, expert: Expert, kind: OutcomeKind, rank: int) -> None:
    session.add(
        Outcome(
            need_id=need.id, expert_id=expert.id, list=OutcomeList.PEOPLE, kind=kind, rank=rank,
            day=now().date(),
        )
    )  # fmt: skip


def test_the_log_becomes_judgements_of_people_and_needs_of_any_state(session: Session) -> None:
    people, needs = fill(session)

    data = outcome_data.read(session)

    assert len(data.judgements) >= 200
    assert set(data.needs) == {str(need.id) for need in needs}
    assert set(data.experts) == {str(person.id) for person in people}
    assert {one.grade for one in data.judgements} == {0.0, 1.0, 2.0}


def test_a_refusal_changes_no_judgement(session: Session) -> None:
    people, needs = fill(session)
    before = outcome_data.read(session)
    for need in needs:
        for person in people:
            add(session, need, person, OutcomeKind.DECLINED, 1)
    session.flush()

    assert outcome_data.read(session) == before


def test_whoever_hides_is_not_evaluated_with(session: Session) -> None:
    people, _needs = fill(session)
    people[0].visibility = Visibility.HIDDEN
    session.flush()

    data = outcome_data.read(session)

    assert str(people[0].id) not in data.experts
    assert len(data.experts) == 24


def test_an_empty_log_is_refused(session: Session) -> None:
    with pytest.raises(TooFewOutcomes, match="tells of 0 matches"):
        outcome_data.read(session)


@pytest.fixture
def own_database(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("ENVIRONMENT", "test")
    monkeypatch.setenv("ENCODER", "hashing")
    database = Database(make_engine(database_url))
    yield database
    database.engine.dispose()


def test_the_command_prints_the_same_metrics_as_for_a_folder(own_database: Database) -> None:
    with own_database.writing() as session:
        fill(session)

    result = CliRunner().invoke(main, ["evaluate", "--from-outcomes"])
    table = CliRunner().invoke(main, ["evaluate", "--from-outcomes", "--table"])

    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["primary"] == "pairwise_loss"
    assert figures["pairwise_loss"] < 0.3
    assert figures["mrr"] > 0.5
    assert (figures["experts"], figures["needs"]) == (25, 20)
    assert "Compare figures of one log only" in result.stderr
    assert "<- primary" in table.stdout


def test_the_command_refuses_too_little_with_a_sentence(own_database: Database) -> None:
    result = CliRunner().invoke(main, ["evaluate", "--from-outcomes"])

    assert result.exit_code == 1
    assert "The log tells of 0 matches that were looked at" in result.output


@pytest.mark.parametrize("arguments", [[], ["folder", "--from-outcomes"]])
def test_the_command_wants_a_folder_or_the_log(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["evaluate", *arguments])

    assert result.exit_code == 2
    assert "one of the two" in result.output
