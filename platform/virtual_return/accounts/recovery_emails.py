"""Mail about an account that is recovered by the word of an owner."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import User
from virtual_return.addresses import absolute_url
from virtual_return.jobs.mailing import post


def begun(session: Session, user: User, email: str, *, token: str, locale: str) -> None:
    """Send the new address its link."""
    address = absolute_url("accounts.recover", token=token)
    _post(session, "new", user, recipient=email, locale=locale, address=address)


def warned(session: Session, user: User, *, stop: str) -> None:
    """Tell the old address, with the link that stops it."""
    if user.email is not None:
        address = absolute_url("accounts.stop_recovery", token=stop)
        _post(session, "old", user, recipient=user.email, locale=user.locale, address=address)


def owner_told(session: Session, owner: User) -> None:
    """Tell another owner; who it is about stands on the page."""
    if owner.email is not None:
        address = absolute_url("institutions.home")
        _post(session, "owner", owner, recipient=owner.email, locale=owner.locale, address=address)


def done(session: Session, user: User, email: str) -> None:
    """Tell both addresses that it is done."""
    address = absolute_url("accounts.sign_in")
    _post(session, "done", user, recipient=email, locale=user.locale, address=address)


def _post(
    session: Session, event: str, user: User, *, recipient: str, locale: str, address: str
) -> None:
    post(
        session,
        "account_recovery",
        recipient=recipient,
        user=user,
        locale=locale,
        event=event,
        address=address,
    )
