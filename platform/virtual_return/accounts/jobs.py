"""Forget, once a day, what no longer opens anything."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import SignInSession, SpentToken, now
from virtual_return.accounts import cooling_off, email_change, email_links, recovery
from virtual_return.accounts.factors import challenges
from virtual_return.accounts.merging import requests
from virtual_return.accounts.sessions import IDLE_LIMIT
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry

FORGET_EXPIRED = "accounts.forget_expired"
ERASE_DUE = "accounts.erase_due"


def forget_expired(session: Session) -> int:
    """Delete links, sessions and challenges that are over. Return how many."""
    moment = now()
    gone = session.execute(
        delete(SignInSession)
        .where(
            (SignInSession.expires_at <= moment)
            | (SignInSession.last_used_at <= moment - IDLE_LIMIT)
        )
        .returning(SignInSession.id)
    ).all()
    session.execute(delete(SpentToken).where(SpentToken.expires_at <= moment))
    requests.forget_expired(session)
    email_change.forget_expired(session)
    recovery.forget_expired(session)
    return len(gone) + challenges.forget_expired(session) + email_links.forget_expired(session)


def schedule(registry: Registry) -> None:
    """Forget every night; erase whoever is due, every quarter of an hour."""
    registry.add_periodic(ERASE_DUE, cooling_off.erase_due, queue=Queue.MAIL, every_s=900)
    registry.add_periodic(
        FORGET_EXPIRED, forget_expired, queue=Queue.MAIL, cron="17 3 * * *", in_transaction=True
    )
