"""Write one person's digest: what is new to them, true now, and worth a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import DigestItem, MailMessage, Need, User, now
from models.choices import Band, DigestList, MailState
from virtual_return.addresses import absolute_url
from virtual_return.digests import preferences
from virtual_return.engagements import queries as engagements
from virtual_return.jobs.mailing import post
from virtual_return.matches import service as matches
from virtual_return.needs import queries as needs
from virtual_return.services import services
from virtual_return.templating.labels import label

WORTH_TELLING = frozenset({Band.STRONG.value, Band.POSSIBLE.value})
NEEDS_AT_MOST = 6
NEEDS_PER_INSTITUTION = 3
PEOPLE_PER_NEED = 4
CANDIDATES = 40


@dataclass(slots=True)
class NeedSection:
    """One need of an institution, and who is new for it."""

    title: str
    address: str
    people: list[matches.PersonMatch] = field(default_factory=list)
    more: int = 0


def band_words(band: str) -> str:
    """Return what a band is called, for mail, where no drawing stands beside it."""
    return label(Band(band))


def send_to_expert(session: Session, user: User) -> MailMessage | None:
    """Post an expert's new matches; None when there is nothing new or nothing wanted."""
    which = DigestList.EXPERT_MATCHES
    expert = user.expert
    if expert is None or user.email is None or not _wants(session, user, which):
        return None
    if not engagements.places_left(session, expert):
        return None
    told = {need_id for need_id, _ in _told_pairs(session, user, which)}
    found = matches.needs_for_expert(session, expert, limit=CANDIDATES)
    new = [item for item in found if item.band in WORTH_TELLING and item.need.id not in told]
    shown, more = _spread(new)
    if not shown:
        return None
    items = [DigestItem(need_id=item.need.id, expert_id=expert.id) for item in shown]
    return _post(
        session, user, which, items, "digest_experts",
        matches=shown,
        more=more,
        address=absolute_url("matches.for_me"),
    )  # fmt: skip


def send_to_member(session: Session, user: User) -> MailMessage | None:
    """Post what is new for the needs of a person's institutions; None when there is nothing."""
    which = DigestList.INSTITUTION_MATCHES
    if user.email is None or not _wants(session, user, which):
        return None
    sections, items = [], []
    told = _told_pairs(session, user, which)
    for need in _open_needs(session, user):
        section = _section(session, need, told)
        if section.people:
            sections.append(section)
            items += [
                DigestItem(need_id=need.id, expert_id=person.expert_id) for person in section.people
            ]
    if not sections:
        return None
    return _post(session, user, which, items, "digest_institutions", sections=sections)


def _section(session: Session, need: Need, told: set[tuple[int, int]]) -> NeedSection:
    found = matches.people_for_need(session, need, need.institution, limit=CANDIDATES)
    new = [
        person
        for person in found
        if person.band in WORTH_TELLING and (need.id, person.expert_id) not in told
    ]
    return NeedSection(
        title=need.title,
        address=absolute_url("matches.for_need", public_id=need.public_id),
        people=new[:PEOPLE_PER_NEED],
        more=max(0, len(new) - PEOPLE_PER_NEED),
    )


def _spread(found: Iterable[matches.NeedMatch]) -> tuple[list[matches.NeedMatch], int]:
    """Keep the best, at most a few of one institution, and count the rest."""
    per_institution: Counter[int] = Counter()
    shown: list[matches.NeedMatch] = []
    more = 0
    for item in found:
        owner = item.need.institution_id
        if len(shown) >= NEEDS_AT_MOST or per_institution[owner] >= NEEDS_PER_INSTITUTION:
            more += 1
            continue
        per_institution[owner] += 1
        shown.append(item)
    return shown, more


def _wants(session: Session, user: User, which: DigestList) -> bool:
    return user.is_active and preferences.is_due(preferences.get(session, user.id, which))


def _told_pairs(session: Session, user: User, which: DigestList) -> set[tuple[int, int]]:
    _release_cancelled(session, user, which)
    rows = session.execute(
        select(DigestItem.need_id, DigestItem.expert_id).where(
            DigestItem.user_id == user.id, DigestItem.list == which
        )
    )
    return {(need_id, expert_id) for need_id, expert_id in rows}


def _release_cancelled(session: Session, user: User, which: DigestList) -> None:
    """Forget what only a cancelled message told: the rest of it is still worth telling."""
    cancelled = select(MailMessage.id).where(
        MailMessage.user_id == user.id, MailMessage.state == MailState.CANCELLED
    )
    session.execute(
        delete(DigestItem).where(
            DigestItem.user_id == user.id,
            DigestItem.list == which,
            DigestItem.mail_id.in_(cancelled),
        )
    )


def _open_needs(session: Session, user: User) -> Sequence[Need]:
    editable = [item.institution_id for item in user.memberships if item.can_edit]
    return session.scalars(
        needs.open_needs().where(Need.institution_id.in_(editable)).order_by(Need.opened_at)
    ).all()


def _post(
    session: Session,
    user: User,
    which: DigestList,
    items: list[DigestItem],
    kind: str,
    **context: Any,
) -> MailMessage | None:
    """Write the message and what it told, together: the unique key makes a double impossible."""
    leave = absolute_url(
        "digests.leave",
        token=preferences.make_token(services().settings.secret_key, user, which),
    )
    message = post(
        session,
        kind,
        recipient=user.email or "",
        user=user,
        locale=user.locale,
        headers=_headers(which, leave),
        mentions_experts=sorted({item.expert_id for item in items}),
        leave=leave,
        preferences=absolute_url("digests.preferences"),
        **context,
    )
    if message is None:
        return None
    for item in items:
        item.user_id, item.list, item.mail_id = user.id, which, message.id
    session.add_all(items)
    preferences.ensure(session, user.id, which).last_sent_at = now()
    session.flush()
    return message


def _headers(which: DigestList, leave: str) -> dict[str, str]:
    """RFC 2919 and RFC 8058: what lets a mail program offer its own unsubscribe button."""
    name = which.value.replace("_", "-")
    return {
        "List-Id": f"<{name}.virtual-return>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
