"""Who belongs: roles, leaving, and never an institution without an owner."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Membership
from models.choices import Role
from tests.support.factories import Cast, make_user
from virtual_return.errors import Conflict, Forbidden, NotFound
from virtual_return.institutions import invitations, members


@pytest.fixture(autouse=True)
def _context(app):
    """Verbs write mail, which is rendered in the application."""
    with app.app_context():
        yield


def role_of(session: Session, cast: Cast, user_id: int) -> Role | None:
    return session.scalar(
        select(Membership.role).where(
            Membership.user_id == user_id, Membership.institution_id == cast.institution.id
        )
    )


def test_only_owners_manage(session: Session, cast: Cast) -> None:
    owner = cast.owner.public_id
    for user, error in ((cast.member, Forbidden), (cast.stranger, NotFound)):
        with pytest.raises(error):
            invitations.invite(
                session, user, cast.institution, email="a@b.example", role=Role.OWNER
            )
        with pytest.raises(error):
            members.change_role(session, user, cast.institution, public_id=owner, role=Role.VIEWER)
        with pytest.raises(error):
            members.remove(session, user, cast.institution, public_id=owner)


def test_the_last_owner_stays(session: Session, cast: Cast) -> None:
    owner = cast.owner.public_id
    with pytest.raises(Conflict):
        members.remove(session, cast.owner, cast.institution, public_id=owner)
    with pytest.raises(Conflict):
        members.change_role(
            session, cast.owner, cast.institution, public_id=owner, role=Role.EDITOR
        )
    members.change_role(
        session, cast.owner, cast.institution, public_id=cast.member.public_id, role=Role.OWNER
    )
    members.remove(session, cast.owner, cast.institution, public_id=owner)
    assert role_of(session, cast, cast.owner.id) is None
    assert role_of(session, cast, cast.member.id) == Role.OWNER


def test_everybody_may_leave(session: Session, cast: Cast) -> None:
    members.remove(session, cast.member, cast.institution, public_id=cast.member.public_id)
    assert role_of(session, cast, cast.member.id) is None


def test_the_role_of_somebody_who_does_not_belong_cannot_be_changed(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(NotFound):
        members.change_role(
            session,
            cast.owner,
            cast.institution,
            public_id=make_user(session).public_id,
            role=Role.OWNER,
        )
