"""Who may do what with an institution: pure functions, one place.

Strangers are told that nothing is there, since even the existence of a draft is private.
"""

from __future__ import annotations

from models import Institution, User
from models.choices import Role
from virtual_return.errors import Forbidden, NotFound
from virtual_return.i18n import gettext as _


def role_of(user: User | None, institution: Institution) -> Role | None:
    """Return a person's role in an institution, or None for a stranger."""
    if user is None or not user.is_active:
        return None
    for membership in user.memberships:
        if membership.institution_id == institution.id:
            return membership.role
    return None


def is_member(user: User | None, institution: Institution) -> bool:
    return role_of(user, institution) is not None


def can_edit(user: User | None, institution: Institution) -> bool:
    """Owners and editors describe the institution, and write and open needs."""
    return role_of(user, institution) in (Role.OWNER, Role.EDITOR)


def can_manage(user: User | None, institution: Institution) -> bool:
    """Owners decide who belongs."""
    return role_of(user, institution) == Role.OWNER


def can_review(user: User | None, institution: Institution) -> bool:
    """Coordinators decide, but never about an institution that they belong to."""
    return (
        user is not None
        and user.is_active
        and user.is_coordinator
        and not is_member(user, institution)
    )


def require_member(user: User | None, institution: Institution) -> None:
    if not is_member(user, institution):
        raise NotFound


def require_edit(user: User | None, institution: Institution) -> None:
    require_member(user, institution)
    if not can_edit(user, institution):
        raise Forbidden(
            _("You can read this, not change it. Ask an owner of the institution for that role.")
        )


def require_manage(user: User | None, institution: Institution) -> None:
    require_member(user, institution)
    if not can_manage(user, institution):
        raise Forbidden(_("Only an owner of the institution can do this. Ask one of them."))


def require_review(user: User | None, institution: Institution) -> None:
    if user is None or not user.is_active or not user.is_coordinator:
        raise NotFound
    if is_member(user, institution):
        raise Forbidden(
            _("You belong to this institution, so that another coordinator has to decide.")
        )
