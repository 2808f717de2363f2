"""Who belongs: invitations, roles, and never an institution without an owner."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Membership, now
from models.choices import Role
from tests.support.factories import Cast, make_user
from virtual_return.errors import Conflict, Forbidden, NotFound
from virtual_return.institutions import members
from virtual_return.security import sign

SECRET = "a secret of the tests"


def invited(session: Session, cast: Cast, email: str, role: Role = Role.EDITOR) -> str:
    invitation = members.invite(
        session, cast.owner, cast.institution, email=email, role=role, secret=SECRET
    )
    session.flush()
    return invitation.signed(SECRET)


def join(session: Session, user: object, signed: str) -> None:
    invitation = members.read_invitation(SECRET, signed)
    members.join(session, user, invitation, secret=SECRET)  # type: ignore[arg-type]


def role_of(session: Session, cast: Cast, user_id: int) -> Role | None:
    return session.scalar(
        select(Membership.role).where(
            Membership.user_id == user_id, Membership.institution_id == cast.institution.id
        )
    )


def test_an_invited_person_joins_with_the_role_of_the_invitation(
    session: Session, cast: Cast
) -> None:
    signed = invited(session, cast, " Stranger@Example.org ", Role.VIEWER)
    join(session, cast.stranger, signed)
    assert role_of(session, cast, cast.stranger.id) == Role.VIEWER
    join(session, cast.stranger, signed)


def test_the_link_holds_no_address(session: Session, cast: Cast) -> None:
    signed = invited(session, cast, "stranger@example.org")
    assert "stranger" not in signed.lower()


def test_the_link_is_for_one_address(session: Session, cast: Cast) -> None:
    signed = invited(session, cast, "somebody-else@example.org")
    with pytest.raises(Conflict):
        join(session, cast.stranger, signed)


@pytest.mark.parametrize("signed", ["", "x", "a b c d e", "W10.abc"])
def test_a_forged_link_leads_nowhere(signed: str) -> None:
    with pytest.raises(NotFound):
        members.read_invitation(SECRET, signed)


def test_a_link_signed_for_something_else_leads_nowhere() -> None:
    with pytest.raises(NotFound):
        members.read_invitation(SECRET, sign(SECRET, "unsubscribe", "id owner 1 1 x"))


def test_the_link_ends_after_a_week(session: Session, cast: Cast) -> None:
    signed = invited(session, cast, "stranger@example.org")
    with (
        time_machine.travel(now() + timedelta(days=7, minutes=1), tick=False),
        pytest.raises(Conflict),
    ):
        join(session, cast.stranger, signed)


def test_the_link_ends_with_the_role_of_its_author(session: Session, cast: Cast) -> None:
    signed = invited(session, cast, "stranger@example.org")
    members.change_role(
        session,
        cast.owner,
        cast.institution,
        public_id=cast.member.public_id,
        role=Role.OWNER,
    )
    members.change_role(
        session, cast.member, cast.institution, public_id=cast.owner.public_id, role=Role.EDITOR
    )
    with pytest.raises(Conflict):
        join(session, cast.stranger, signed)


def test_who_was_removed_does_not_come_back_through_the_old_link(
    session: Session, cast: Cast
) -> None:
    signed = invited(session, cast, "stranger@example.org")
    join(session, cast.stranger, signed)
    members.remove(session, cast.owner, cast.institution, public_id=cast.stranger.public_id)
    session.flush()
    with pytest.raises(Conflict):
        join(session, cast.stranger, signed)


def test_a_member_is_not_invited_again(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        invited(session, cast, "MEMBER@university.example")


def test_only_owners_manage(session: Session, cast: Cast) -> None:
    owner = cast.owner.public_id
    for user, error in ((cast.member, Forbidden), (cast.stranger, NotFound)):
        with pytest.raises(error):
            members.invite(
                session, user, cast.institution, email="a@b.example", role=Role.OWNER, secret=SECRET
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
