"""Mail about accounts. No subject says more than what the mail is for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import User
from virtual_return.addresses import absolute_url
from virtual_return.jobs.mailing import post

LINK_MINUTES = 15


def sign_in_link(
    session: Session, email: str, user: User | None, *, token: str, locale: str
) -> None:
    """Send the link. The row holds it until it is sent; then its text is dropped."""
    post(
        session,
        "sign_in",
        recipient=email,
        user=user,
        locale=locale,
        address=absolute_url("accounts.open_link", token=token),
        minutes=LINK_MINUTES,
    )


def identity_linked(session: Session, user: User) -> None:
    """Tell somebody that another way to sign in was added, in case it was not them."""
    if user.email is None:
        return
    post(
        session,
        "identity_linked",
        recipient=user.email,
        user=user,
        locale=user.locale,
        address=absolute_url("accounts.settings"),
    )
