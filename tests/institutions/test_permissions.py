"""Who may do what: visitor, stranger, viewer, editor, owner, coordinator."""

import pytest
from sqlalchemy.orm import Session

from models import now
from models.choices import Role
from tests.support.factories import Cast, add_member, make_user
from virtual_return.errors import Forbidden, NotFound
from virtual_return.institutions import permissions


def test_roles_grow_from_viewer_to_owner(session: Session, cast: Cast) -> None:
    viewer = make_user(session)
    add_member(session, cast.institution, viewer, Role.VIEWER)
    found = [
        (
            permissions.is_member(user, cast.institution),
            permissions.can_edit(user, cast.institution),
            permissions.can_manage(user, cast.institution),
        )
        for user in (None, cast.stranger, cast.coordinator, viewer, cast.member, cast.owner)
    ]
    assert found == [
        (False, False, False),
        (False, False, False),
        (False, False, False),
        (True, False, False),
        (True, True, False),
        (True, True, True),
    ]


def test_a_suspended_account_may_nothing(session: Session, cast: Cast) -> None:
    cast.owner.suspended_at = now()
    assert permissions.role_of(cast.owner, cast.institution) is None
    cast.coordinator.suspended_at = now()
    assert not permissions.can_review(cast.coordinator, cast.institution)


def test_only_coordinators_review_and_never_their_own(session: Session, cast: Cast) -> None:
    permissions.require_review(cast.coordinator, cast.institution)
    for user in (None, cast.stranger, cast.owner):
        with pytest.raises(NotFound):
            permissions.require_review(user, cast.institution)
    add_member(session, cast.institution, cast.coordinator, Role.VIEWER)
    with pytest.raises(Forbidden):
        permissions.require_review(cast.coordinator, cast.institution)
    assert not permissions.can_review(cast.coordinator, cast.institution)
