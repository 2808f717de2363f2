"""Verbs of consent: who may find somebody, who may not, and not now. They hold at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Block, Expert, Institution, MailMessage, MatchSnapshot, Membership, User, now
from models.choices import BlockKind, MailState, Visibility
from virtual_return.errors import Invalid, NotFound
from virtual_return.experts import privacy, withdrawal
from virtual_return.experts.saving import saved
from virtual_return.experts.values import MOST_BLOCKS
from virtual_return.i18n import gettext as _
from virtual_return.institutions.fields import HOST_NAME
from virtual_return.jobs.mailing import cancel_about
from virtual_return.reference import countries


def set_visibility(session: Session, actor: User, expert: Expert, level: Visibility) -> None:
    """Choose who may find the profile; institutions that may not any more lose it at once."""
    before, expert.visibility = expert.visibility, level
    was_seen = before in privacy.INSTITUTION_LEVELS
    if was_seen and level not in privacy.INSTITUTION_LEVELS:
        withdraw(session, expert)
    saved(
        session, actor, expert, "expert.visibility_set", before=before.value, after=level.value
    )  # fmt: skip


def hide_now(session: Session, actor: User, expert: Expert) -> None:
    """Hide from everybody, whatever was chosen before."""
    before, expert.visibility = expert.visibility, Visibility.HIDDEN
    withdraw(session, expert)
    saved(session, actor, expert, "expert.hidden", before=before.value)


def pause(session: Session, actor: User, expert: Expert, until: date | None) -> None:
    """Be found by nobody until a day, or until one comes back by oneself."""
    if until is not None and until <= now().date():
        raise Invalid(_("Choose a day after today, or none to pause without an end."))
    expert.is_paused, expert.paused_until = until is None, until
    withdraw(session, expert)
    saved(session, actor, expert, "expert.paused")


def resume(session: Session, actor: User, expert: Expert) -> None:
    """End a pause: the visibility that was chosen holds again."""
    expert.is_paused, expert.paused_until = False, None
    saved(session, actor, expert, "expert.resumed")


def block_institution(session: Session, actor: User, expert: Expert, public_id: str) -> None:
    """Hide from one institution."""
    institution = session.scalar(
        select(Institution).where(Institution.public_id == public_id, Institution.is_verified)
    )
    if institution is None:
        raise NotFound
    _block(session, actor, expert, BlockKind.INSTITUTION, str(institution.id))


def block_domain(session: Session, actor: User, expert: Expert, domain: str) -> None:
    """Hide from whoever has addresses in a domain or below it."""
    domain = domain.strip().lower()
    # What is checked here is relied upon in the query, where a sign might stand for any other.
    if not HOST_NAME.fullmatch(domain):
        raise Invalid(_("Write a web domain such as university.example."))
    _block(session, actor, expert, BlockKind.DOMAIN, domain)


def block_country(session: Session, actor: User, expert: Expert, code: str) -> None:
    """Hide from every institution of a country."""
    if not countries.is_code(code):
        raise Invalid(_("Choose a country from the list."))
    _block(session, actor, expert, BlockKind.COUNTRY, code)


def unblock(session: Session, actor: User, expert: Expert, block_id: int) -> None:
    """Take one block back."""
    block = next((row for row in expert.blocks if row.id == block_id), None)
    if block is None:
        raise NotFound
    kind = block.kind
    expert.blocks.remove(block)
    saved(session, actor, expert, "expert.unblocked", kind=kind.value)


def withdraw(session: Session, expert: Expert) -> None:
    """Leave nothing of a person with others: stored matches, unsent mail, what waits.

    Mail goes first, since those above then write to whoever waited.
    """
    session.flush()
    cancel_about(session, user_id=None, expert_id=expert.id)
    session.execute(delete(MatchSnapshot).where(MatchSnapshot.expert_id == expert.id))
    withdrawal.announce(session, expert)


def _block(session: Session, actor: User, expert: Expert, kind: BlockKind, value: str) -> None:
    if any((row.kind, row.value) == (kind, value) for row in expert.blocks):
        return
    if len(expert.blocks) >= MOST_BLOCKS:
        raise Invalid(
            _("The list is full. A country or a domain covers many institutions at once.")
        )
    expert.blocks.append(Block(kind=kind, value=value))
    session.flush()
    cancel_mail_to_blocked(session, expert)
    saved(session, actor, expert, "expert.blocked", kind=kind.value)


def cancel_mail_to_blocked(session: Session, expert: Expert) -> None:
    """Stop unsent mail that would tell the members of a blocked institution of the person."""
    hidden = select(Institution.id).where(privacy.hidden_from(expert.id))
    unsent = session.scalars(
        select(MailMessage).where(
            MailMessage.state.in_([MailState.WAITING, MailState.SENDING]),
            MailMessage.user_id.in_(
                select(Membership.user_id).where(Membership.institution_id.in_(hidden))
            ),
            MailMessage.user_id != expert.user_id,
        )
    )
    for message in unsent:
        if expert.id in message.mentions_experts:
            message.state = MailState.CANCELLED
            message.body_text = message.body_html = ""
