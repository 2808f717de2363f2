"""Two requests at the same moment, on real connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Identity, Membership, MergeRequest, SignInToken, User, now
from tests.support.factories import make_institution
from virtual_return.accounts import email_links, identities, people
from virtual_return.accounts.identities import Claims, EmailTaken
from virtual_return.accounts.merging import operations
from virtual_return.db import Database, make_engine
from virtual_return.errors import Conflict, DomainError
from virtual_return.security import hash_token

Answer = TypeVar("Answer")


@pytest.fixture
def real(database_url: str) -> Iterator[Database]:
    """A database of its own, whose commits others see."""
    engine = make_engine(database_url)
    yield Database(engine)
    engine.dispose()


def at_once(real: Database, act: Callable[[Session, int], Answer], times: int = 4) -> list[Answer]:
    """Run the same act in several transactions that begin together."""
    barrier = Barrier(times)

    def run(number: int) -> Answer:
        barrier.wait(10)
        with real.writing() as session:
            return act(session, number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def count(real: Database, table: type[User | Identity]) -> int:
    with real.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_of_several_tabs_exactly_one_uses_the_link(real: Database) -> None:
    with real.writing() as session:
        session.add(
            SignInToken(
                token_hash=hash_token("token"),
                email="ann@example.org",
                expires_at=now() + timedelta(minutes=1),
            )
        )

    def use(session: Session, _number: int) -> bool:
        try:
            email_links.use(session, "token", coordinators="")
        except email_links.LinkOver:
            return False
        return True

    assert sorted(at_once(real, use)) == [False, False, False, True]
    assert count(real, User) == 1


def test_one_address_makes_one_account(real: Database) -> None:
    def create(session: Session, _number: int) -> int:
        return people.find_or_create(session, "ann@example.org", locale="en").id

    assert len(set(at_once(real, create))) == 1
    assert count(real, User) == 1


def test_one_identity_makes_one_account(real: Database) -> None:
    claims = Claims("https://uni.example", "subject", "ann@example.org", "Ann")

    def enter(session: Session, _number: int) -> bool:
        try:
            identities.sign_in(session, claims, locale="en")
        except (EmailTaken, Conflict):
            session.rollback()
            return False
        return True

    assert any(at_once(real, enter))
    assert (count(real, User), count(real, Identity)) == (1, 1)


def test_two_identities_with_one_address_do_not_share_an_account(real: Database) -> None:
    def enter(session: Session, number: int) -> bool:
        claims = Claims("https://uni.example", f"subject-{number}", "ann@example.org", "Ann")
        try:
            identities.sign_in(session, claims, locale="en")
        except EmailTaken:
            session.rollback()
            return False
        return True

    assert at_once(real, enter).count(True) == 1
    assert (count(real, User), count(real, Identity)) == (1, 1)


def wants_to_merge(session: Session, user_id: int, other_id: int) -> None:
    session.add(
        MergeRequest(
            user_id=user_id,
            other_id=other_id,
            proved_at=now(),
            expires_at=now() + timedelta(minutes=5),
        )
    )


def merged(app: Flask, session: Session, user_id: int) -> bool:
    """Merge, and say whether it was done."""
    with app.test_request_context():
        user = session.get_one(User, user_id)
        try:
            operations.merge(session, user, operations.Choices(), keep_token="")
        except DomainError:
            session.rollback()
            return False
        return True


def test_of_two_merges_at_once_one_is_done(app: Flask, real: Database) -> None:
    """A into B and B into A: whoever comes second finds one of them gone."""
    with real.writing() as session:
        ids = [people.create(session, f"{name}@example.org", locale="en").id for name in "ab"]
        wants_to_merge(session, ids[0], ids[1])
        wants_to_merge(session, ids[1], ids[0])
    done = at_once(real, lambda session, number: merged(app, session, ids[number % 2]))
    assert sorted(done) == [False, False, False, True]
    with real.reading() as session:
        left = select(func.count()).select_from(User).where(User.erased_at.is_(None))
        assert session.scalar(left) == 1


def test_two_accounts_that_take_the_same_third_one_do_not_both_get_it(
    app: Flask, real: Database
) -> None:
    with real.writing() as session:
        ids = [people.create(session, f"{name}@example.org", locale="en").id for name in "abc"]
        make_institution(session, owner=session.get_one(User, ids[2]))
        wants_to_merge(session, ids[0], ids[2])
        wants_to_merge(session, ids[1], ids[2])
    done = at_once(real, lambda session, number: merged(app, session, ids[number]), 2)
    assert sorted(done) == [False, True]
    with real.reading() as session:
        assert session.scalar(select(func.count()).select_from(Membership)) == 1
