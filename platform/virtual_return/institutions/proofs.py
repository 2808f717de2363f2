"""Which domains people and institutions have proved, for joining without an invitation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Affiliation, Institution, User, now
from virtual_return.institutions import domains, evidence_queries

# A former student, a visitor of the library and a guest are affiliated too; "" is a bare domain,
# which is how a provider names an organisation's own account.
WORKING = frozenset({"", "faculty", "staff", "employee"})
# Who left a place does not come back through what was said long ago.
SAID_LATELY = timedelta(days=30)


def joinable_domain(session: Session, institution: Institution) -> str | None:
    """Return the domain whose addresses may open an institution, or None.

    The institution is verified, the domain is its own alone and not a provider's of mailboxes,
    and it was proved: by mail, by a DNS record or by a file at its site.
    """
    domain = institution.domain
    if not institution.is_verified or not domain or domains.is_shared(domain):
        return None
    return domain if domain in evidence_queries.proved_domains(session, institution) else None


def domains_of(session: Session, user: User) -> frozenset[str]:
    """Return the domains at which somebody has proved a place, exactly as they stand there.

    That is the domain of the account's own address, and domains for which a provider that may
    vouch for them said lately that the person works there. A domain below is another one: who
    gives out addresses there may be somebody else.
    """
    own = domains.host_of_email(user.email or "")
    said = session.scalars(
        select(Affiliation.value).where(
            Affiliation.user_id == user.id,
            Affiliation.is_vouched,
            Affiliation.last_seen_at > now() - SAID_LATELY,
        )
    )
    places = (value.rpartition("@") for value in said)
    works = {domain for scope, _, domain in places if scope in WORKING}
    return frozenset({own} - {""}) | works
