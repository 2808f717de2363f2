"""`virtual-return db`: bring the database to the newest revision."""

from __future__ import annotations

import click

from virtual_return import migrate
from virtual_return.config import load_settings
from virtual_return.db import make_engine


@click.group()
def group() -> None:
    """Migrate the database."""


@group.command()
def upgrade() -> None:
    """Apply the migrations that are missing."""
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(make_engine(settings.sqlalchemy_url))
    click.echo("The database is up to date.")
