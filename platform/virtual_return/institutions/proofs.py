"""Which domains people and institutions have proved, for joining without an invitation."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Institution, User
from virtual_return.institutions import domains, evidence_queries


def joinable_domain(session: Session, institution: Institution) -> str | None:
    """Return the domain whose addresses may open an institution, or None.

    The institution is verified, the domain is its own alone and not a provider's of mailboxes,
    and it was proved: by mail, by a DNS record or by a file at its site.
    """
    domain = institution.domain
    if not institution.is_verified or not domain or domains.is_shared(domain):
        return None
    return domain if domain in evidence_queries.proved_domains(session, institution) else None


def domains_of(user: User) -> frozenset[str]:
    """Return the domains at which somebody has proved an address, exactly as they stand there.

    A domain below is another one: who gives out addresses there may be somebody else.
    """
    own = domains.host_of_email(user.email or "")
    return frozenset({own} - {""})
