"""Accept mail with its cause, send it later, never twice.

`post` writes the finished message in the transaction of what it speaks of. The worker claims it,
hands it over and marks it. Should the worker die between the server's answer and the mark, the
message goes out once more under the same Message-ID: the one case in which a double can happen.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import parseaddr

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from models import MailMessage, User, now
from models.choices import MailState
from virtual_return.jobs import outbox
from virtual_return.logs import get_logger
from virtual_return.mail import MailRefused, to_email
from virtual_return.services import Services, services

DELIVER = "mail.deliver"
SUBJECT_LENGTH = 200
MAXIMUM_ATTEMPTS = 8
# What somebody who is away does not get: news, invitations and reminders, never safety.
QUIET_KINDS = frozenset({
    "digest_experts", "digest_institutions", "engagement_interest", "engagement_invitation",
    "engagement_reminder", "institution_renewal", "member_invited", "need_expiring",
})  # fmt: skip
# The last mail to somebody who is gone: with it goes the address.
FORGOTTEN_KINDS = frozenset({"account_erased"})
# A message that was claimed this long ago lost its worker.
CLAIM_LASTS = timedelta(minutes=2)


def post(
    session: Session,
    kind: str,
    *,
    recipient: str,
    user: User | None,
    locale: str,
    unique_key: str | None = None,
    headers: Mapping[str, str] | None = None,
    mentions_experts: Sequence[int] = (),
    **context: object,
) -> MailMessage | None:
    """Write a message of one kind in one language; None where its key was used already.

    Somebody who is away gets no `QUIET_KINDS`: None as well.

    The texts are in `templates/mail/<kind>/`: subject.txt, body.txt and body.html.
    """
    if user is not None and user.is_away and kind in QUIET_KINDS:
        return None
    if unique_key and _exists(session, unique_key):
        return None
    message = MailMessage(
        user_id=user.id if user else None,
        kind=kind,
        unique_key=unique_key,
        message_id=f"<{uuid.uuid4().hex}@{_own_domain()}>",
        recipient=recipient,
        headers=dict(headers or {}),
        mentions_experts=list(mentions_experts),
        **_render(kind, locale, context),
    )
    session.add(message)
    session.flush()
    outbox.enqueue(session, DELIVER, mail_id=message.id)
    return message


def _exists(session: Session, unique_key: str) -> bool:
    query = select(MailMessage.id).where(MailMessage.unique_key == unique_key)
    return session.scalar(query) is not None


def _own_domain() -> str:
    _, address = parseaddr(services().settings.mail_from)
    return address.rpartition("@")[2] or "localhost"


def _render(kind: str, locale: str, context: Mapping[str, object]) -> dict[str, str]:
    """Render the three parts in the reader's language, whoever caused the mail."""
    shared = {"programme": services().settings.programme_name, "mail_locale": locale, **context}
    with force_locale(locale):
        # A subject is one line whatever a title holds: a line break would forge headers.
        subject = " ".join(render_template(f"mail/{kind}/subject.txt", **shared).split())
        return {
            "subject": subject[:SUBJECT_LENGTH],
            "body_text": render_template(f"mail/{kind}/body.txt", **shared).strip() + "\n",
            "body_html": render_template(f"mail/{kind}/body.html", **shared),
        }


def deliver(mail_id: int) -> None:
    """Send one message unless it was sent, cancelled, or is in another worker's hands.

    1. Claim it, and commit: from here on nobody else sends it.
    2. Hand it to the server, with no transaction open.
    3. Mark it, and drop its text, which has done its work.
    """
    bound = services()
    with bound.database.writing() as session:
        if not _claim(session, mail_id):
            return
        row = session.get_one(MailMessage, mail_id)
    try:
        bound.transport.deliver(to_email(row, bound.settings.mail_from))
    except MailRefused as error:
        _give_up(bound, mail_id, str(error))
        if row.kind in FORGOTTEN_KINDS:
            _forget_recipient(bound, mail_id)
        return
    except Exception as error:
        _try_again(bound, row, type(error).__name__)
        raise
    _mark_sent(bound, mail_id)
    if row.kind in FORGOTTEN_KINDS:
        _forget_recipient(bound, mail_id)
    get_logger().info("mail_sent", mail_id=mail_id, kind=row.kind)


def _claim(session: Session, mail_id: int) -> bool:
    moment = now()
    claimed = session.execute(
        update(MailMessage)
        .where(
            MailMessage.id == mail_id,
            or_(
                MailMessage.state == MailState.WAITING,
                (MailMessage.state == MailState.SENDING)
                & (MailMessage.claimed_at < moment - CLAIM_LASTS),
            ),
        )
        .values(state=MailState.SENDING, claimed_at=moment, attempts=MailMessage.attempts + 1)
    )
    return isinstance(claimed, CursorResult) and claimed.rowcount == 1


def _mark_sent(bound: Services, mail_id: int) -> None:
    with bound.database.writing() as session:
        session.execute(
            update(MailMessage)
            .where(MailMessage.id == mail_id)
            .values(state=MailState.SENT, sent_at=now(), body_text="", body_html="", last_error="")
        )


def _give_up(bound: Services, mail_id: int, reason: str) -> None:
    with bound.database.writing() as session:
        session.execute(
            update(MailMessage)
            .where(MailMessage.id == mail_id)
            .values(state=MailState.FAILED, last_error=reason, body_text="", body_html="")
        )
    get_logger().warning("mail_refused", mail_id=mail_id)


def _forget_recipient(bound: Services, mail_id: int) -> None:
    with bound.database.writing() as session:
        session.execute(
            update(MailMessage)
            .where(MailMessage.id == mail_id)
            .values(recipient="", subject="", last_error="")
        )


def _try_again(bound: Services, row: MailMessage, reason: str) -> None:
    """Put it back; the job's retries come first, then the sweep's."""
    state = MailState.FAILED if row.attempts >= MAXIMUM_ATTEMPTS else MailState.WAITING
    with bound.database.writing() as session:
        session.execute(
            update(MailMessage)
            .where(MailMessage.id == row.id, MailMessage.state == MailState.SENDING)
            .values(state=state, last_error=reason)
        )
    get_logger().warning("mail_delayed", mail_id=row.id, attempts=row.attempts)


def find_unsent(session: Session) -> int:
    """Enqueue again what was accepted and never sent; part of the sweep. Return how many."""
    moment = now()
    lost = session.scalars(
        select(MailMessage.id).where(
            or_(
                (MailMessage.state == MailState.WAITING)
                & (MailMessage.created_at < moment - CLAIM_LASTS),
                (MailMessage.state == MailState.SENDING)
                & (MailMessage.claimed_at < moment - CLAIM_LASTS),
            )
        )
    ).all()
    for mail_id in lost:
        outbox.enqueue(session, DELIVER, unique_key=f"{DELIVER}:{mail_id}", mail_id=mail_id)
    return len(lost)


def cancel_quiet(session: Session, user: User) -> None:
    """Stop unsent mail that somebody who goes away does not want."""
    session.execute(
        update(MailMessage)
        .where(
            MailMessage.user_id == user.id,
            MailMessage.kind.in_(QUIET_KINDS),
            MailMessage.state == MailState.WAITING,
        )
        .values(state=MailState.CANCELLED, body_text="", body_html="")
        .execution_options(synchronize_session="fetch")
    )


def cancel_about(session: Session, *, user_id: int | None, expert_id: int | None) -> int:
    """Stop unsent mail to a person, and mail that speaks of an expert. Return how many."""
    unsent = session.scalars(
        select(MailMessage).where(MailMessage.state.in_([MailState.WAITING, MailState.SENDING]))
    ).all()
    stopped = 0
    for message in unsent:
        is_to = user_id is not None and message.user_id == user_id
        if is_to or (expert_id is not None and expert_id in message.mentions_experts):
            message.state = MailState.CANCELLED
            message.body_text = message.body_html = ""
            stopped += 1
    return stopped
