"""Who acts: an account, and what its session has shown."""

from __future__ import annotations

from dataclasses import dataclass

from models import Institution, User
from models.choices import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody in front of a page.

    Operations, jobs and commands hand over the plain account: the page in front of them, or the
    shell, has asked for the second factor already.
    """

    user: User | None = None
    has_second_factor: bool = True

    @property
    def is_known(self) -> bool:
        """Signed in, and neither suspended nor erased."""
        return self.user is not None and self.user.is_active

    @property
    def is_staff(self) -> bool:
        return self.user is not None and self.user.is_active and self.user.is_coordinator

    def role_in(self, institution: Institution) -> Role | None:
        """Return the role in an institution, or None for a stranger."""
        if self.user is None or not self.user.is_active:
            return None
        for membership in self.user.memberships:
            if membership.institution_id == institution.id:
                return membership.role
        return None

    def is_member(self, institution: Institution) -> bool:
        return self.role_in(institution) is not None

    def may_write_for(self, institution: Institution) -> bool:
        return self.role_in(institution) in (Role.OWNER, Role.EDITOR)


Anybody = Actor | User | None


def actor_of(anybody: Anybody) -> Actor:
    """Return whoever acts as an actor."""
    return anybody if isinstance(anybody, Actor) else Actor(anybody)
