"""`virtual-return demo`: load the demonstration programme once."""

from __future__ import annotations

import click

from virtual_return.cli.opening import opened
from virtual_return.config import SettingsError
from virtual_return.demo import load_demonstration


@click.group()
def group() -> None:
    """Load the demonstration programme: invented people, institutions and needs."""


@group.command("load")
def load_command() -> None:
    """Load it unless it is there; never in production."""
    with opened() as (settings, database):
        try:
            with database.writing() as session:
                is_new = load_demonstration(session, settings)
        except SettingsError as error:
            raise click.ClickException(str(error)) from error
    if is_new:
        click.echo("The demonstration programme is loaded; the worker now embeds its texts.")
    else:
        click.echo("The demonstration programme is loaded already.")
