"""`virtual-return digest`: send a round now, or look at one before it goes out."""

from __future__ import annotations

import click

from models import User
from virtual_return.app import create_app
from virtual_return.digests import compose, rounds
from virtual_return.services import services


@click.group()
def group() -> None:
    """Compose and send digests."""


@group.command()
@click.option("--wait/--no-wait", default=True, help="Deliver now, or leave it to the worker.")
def send(wait: bool) -> None:
    """Write the digests that are due; nobody is told the same match twice."""
    app = create_app()
    with app.app_context():
        bound = services()
        with bound.database.reading() as session:
            everybody = list(rounds.people(session))
        written = 0
        with click.progressbar(everybody, label="Composing digests") as bar:
            for user_id in bar:
                written += rounds.send_one(user_id)
        click.echo(f"{written} messages written for {len(everybody)} people.")
        if wait:
            click.echo(f"{rounds.deliver_waiting()} messages delivered.")


@group.command()
@click.argument("user_id", type=int)
@click.option("--html", is_flag=True, help="Print the HTML part instead of the text.")
def preview(user_id: int, html: bool) -> None:
    """Print what a person would get now; nothing is kept or sent."""
    app = create_app()
    with app.app_context(), services().database.session(writes=True) as session:
        user = session.get(User, user_id)
        if user is None:
            raise click.ClickException("There is nobody with this id.")
        found = False
        for write in (compose.send_to_expert, compose.send_to_member):
            message = write(session, user)
            if message is not None:
                found = True
                click.echo(message.body_html if html else message.body_text)
        session.rollback()
        if not found:
            click.echo("Nothing is new for this person, or nothing is due.")
