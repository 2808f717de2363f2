"""Each test sees an empty database, on both databases, whatever the one before committed."""

import pytest
from sqlalchemy import func, select

from models import User
from tests.support.factories import make_user


@pytest.mark.parametrize("turn", [1, 2])
def test_a_commit_does_not_outlive_its_test(session, turn):
    make_user(session, email="same@example.org")
    session.commit()

    assert session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_a_savepoint_that_rolls_back_takes_only_its_own(session, turn):
    make_user(session)
    savepoint = session.begin_nested()
    make_user(session)
    savepoint.rollback()

    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_the_application_sees_what_the_test_wrote(session, database):
    user = make_user(session, email="seen@example.org")
    session.commit()

    with database.writing() as other:
        other.get_one(User, user.id).name = "Changed"
    session.expire_all()

    assert session.get_one(User, user.id).name == "Changed"
