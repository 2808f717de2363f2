"""Mail between two institutions that host a need together, or might."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import CoHosting
from models.choices import CoHostingSide as Side
from virtual_return.addresses import absolute_url
from virtual_return.institutions import queries as institutions
from virtual_return.jobs.mailing import post
from virtual_return.partners.states import other


def proposed(session: Session, co_hosting: CoHosting, *, is_reminder: bool = False) -> None:
    """Ask the other side; what is proposed stands on the page."""
    to = other(co_hosting.proposed_by)
    _tell(session, co_hosting, to, "co_hosting_proposed", is_reminder=is_reminder)


def answered(session: Session, co_hosting: CoHosting, *, to: Side) -> None:
    """Tell one side where it stands now."""
    _tell(session, co_hosting, to, "co_hosting_answered", is_reminder=False)


def _tell(
    session: Session, co_hosting: CoHosting, to: Side, kind: str, *, is_reminder: bool
) -> None:
    host, partner = co_hosting.need.institution, co_hosting.institution
    mine, theirs = (host, partner) if to == Side.HOST else (partner, host)
    for user in institutions.people_to_tell(session, mine):
        post(
            session,
            kind,
            recipient=user.email or "",
            user=user,
            locale=user.locale,
            need_title=co_hosting.need.title,
            institution=theirs.shown_name,
            state=co_hosting.state.value,
            is_reminder=is_reminder,
            address=absolute_url("partners.show", public_id=co_hosting.public_id),
        )
