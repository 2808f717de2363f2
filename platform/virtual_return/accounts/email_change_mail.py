"""Mail about a change of address. Each goes to one of the two addresses and names the other not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import User
from virtual_return.addresses import absolute_url
from virtual_return.jobs.mailing import post


def ask_old(session: Session, user: User, token: str) -> None:
    """Ask the old address to agree, or to stop it."""
    _send(session, user, "email_change_old", user.email or "", token)


def ask_new(session: Session, user: User, address: str, token: str) -> None:
    """Ask the new address whether its reader wants this."""
    _send(session, user, "email_change_new", address, token)


def say_taken(session: Session, user: User, address: str) -> None:
    """Tell the reader of an address that it has an account already."""
    post(
        session,
        "email_change_taken",
        recipient=address,
        user=user,
        locale=user.locale,
        address=absolute_url("accounts.sign_in"),
    )


def say_changed(session: Session, user: User, address: str) -> None:
    """Tell both addresses that it is done."""
    post(
        session,
        "email_changed",
        recipient=address,
        user=user,
        locale=user.locale,
        address=absolute_url("accounts.settings"),
    )


def _send(session: Session, user: User, kind: str, recipient: str, token: str) -> None:
    post(
        session,
        kind,
        recipient=recipient,
        user=user,
        locale=user.locale,
        address=absolute_url("accounts.confirm_email", token=token),
    )
