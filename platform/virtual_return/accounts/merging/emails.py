"""Mail about putting two accounts together. Neither names the other address."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import User
from virtual_return.addresses import absolute_url
from virtual_return.jobs.mailing import post


def link(
    session: Session, email: str, user: User | None, *, token: str, locale: str, minutes: int
) -> None:
    """Send the link by which somebody shows that the other account is theirs."""
    post(
        session,
        "merge_link",
        recipient=email,
        user=user,
        locale=user.locale if user else locale,
        address=absolute_url("accounts.merge_proof", token=token),
        minutes=minutes,
    )


def merged(session: Session, user: User, address: str, *, kept: bool) -> None:
    """Tell one of the two addresses; `kept` says whether it signs in from now on."""
    post(
        session,
        "accounts_merged",
        recipient=address,
        user=user,
        locale=user.locale,
        kept=kept,
        address=absolute_url("accounts.settings"),
    )
