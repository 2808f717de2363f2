"""Mail about engagements. Subjects say nothing personal, and names stay on the site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Engagement, User
from models.choices import EngagementState
from virtual_return.addresses import absolute_url
from virtual_return.engagements.states import Side
from virtual_return.institutions import queries as institutions
from virtual_return.jobs.mailing import post


def invitation(session: Session, engagement: Engagement) -> None:
    """Tell an expert that somebody asks for them."""
    _tell_expert(session, engagement, "invitation")


def interest(session: Session, engagement: Engagement) -> None:
    """Tell an institution that somebody, still unnamed, offers themselves."""
    _tell_members(session, engagement, "interest")


def accepted(session: Session, engagement: Engagement) -> None:
    """Tell both sides that both said yes; who it is stands on the page, not in the mail."""
    _tell_expert(session, engagement, "accepted")
    _tell_members(session, engagement, "accepted")


def over(session: Session, engagement: Engagement, *, tell: Side) -> None:
    """Tell one side that it is over: one wording, whatever the cause was."""
    if tell is Side.EXPERT:
        _tell_expert(session, engagement, "over")
    else:
        _tell_members(session, engagement, "over")


def reminder(session: Session, engagement: Engagement) -> None:
    """Remind the side from which an answer is awaited."""
    if engagement.state == EngagementState.INVITED:
        _tell_expert(session, engagement, "reminder")
    else:
        _tell_members(session, engagement, "reminder")


def _tell_expert(session: Session, engagement: Engagement, event: str) -> None:
    _send(session, engagement, event, engagement.expert.user)


def _tell_members(session: Session, engagement: Engagement, event: str) -> None:
    for member in institutions.people_to_tell(session, engagement.need.institution):
        _send(session, engagement, event, member)


def _send(session: Session, engagement: Engagement, event: str, user: User) -> None:
    if user.email is None:
        return
    post(
        session,
        f"engagement_{event}",
        recipient=user.email,
        user=user,
        locale=user.locale,
        unique_key=f"engagement:{engagement.id}:{event}:{engagement.state}:{user.id}",
        need_title=engagement.need.title,
        institution=engagement.need.institution.shown_name,
        to_expert=user.id == engagement.expert.user_id,
        due_at=engagement.due_at,
        address=absolute_url("engagements.show", public_id=engagement.public_id),
    )
