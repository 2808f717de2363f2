"""`virtual-return accounts`: what only whoever runs the machine may do for an account."""

from __future__ import annotations

import click
from sqlalchemy import select

from models import User
from virtual_return.accounts.factors import resets
from virtual_return.app import create_app
from virtual_return.services import services


@click.group()
def group() -> None:
    """Help somebody back into an account."""


@group.command("forget-factors")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
def forget_factors(email: str, yes: bool) -> None:
    """Let go of all second factors of EMAIL, where no coordinator is left who could vouch.

    It ends all sessions, stands in the audit trail and is mailed to the owner. Be sure that it is
    the owner who asks.
    """
    with create_app().app_context(), services().database.writing() as session:
        user = session.scalar(select(User).where(User.email == email.strip().lower()))
        if user is None:
            raise click.ClickException("No account has this address.")
        if not yes:
            click.confirm("Whoever reads this mailbox can then sign in. Go on?", abort=True)
        resets.forget_by_operator(session, user)
    click.echo("Done. The owner gets a mail, and sets up a new factor at the next sign-in.")
