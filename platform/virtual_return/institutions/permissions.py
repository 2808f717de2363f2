"""The rules about institutions by the names that this capability uses; they are in `policy`."""

from __future__ import annotations

from models import Institution, User
from models.choices import Role
from virtual_return.policy import institutions as rules
from virtual_return.policy.actor import actor_of


def role_of(user: User | None, institution: Institution) -> Role | None:
    """Return a person's role in an institution, or None for a stranger."""
    return actor_of(user).role_in(institution)


def is_member(user: User | None, institution: Institution) -> bool:
    return bool(rules.read(user, institution))


def can_edit(user: User | None, institution: Institution) -> bool:
    """Owners and editors describe the institution, and write and open needs."""
    return bool(rules.edit(user, institution))


def can_manage(user: User | None, institution: Institution) -> bool:
    """Owners decide who belongs."""
    return bool(rules.manage(user, institution))


def can_review(user: User | None, institution: Institution) -> bool:
    """Coordinators decide, but never about an institution that they belong to."""
    return bool(rules.review(user, institution))


def require_member(user: User | None, institution: Institution) -> None:
    rules.read(user, institution).require()


def require_edit(user: User | None, institution: Institution) -> None:
    rules.edit(user, institution).require()


def require_manage(user: User | None, institution: Institution) -> None:
    rules.manage(user, institution).require()


def require_review(user: User | None, institution: Institution) -> None:
    rules.review(user, institution).require()
