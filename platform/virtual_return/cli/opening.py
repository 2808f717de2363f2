"""Open the database for a command, and say in plain words what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from virtual_return.config import Settings, SettingsError, load_settings
from virtual_return.db import Database, make_engine


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """Yield settings and database; a missing table or server is told with its remedy."""
    try:
        settings = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(make_engine(settings.sqlalchemy_url))
    try:
        yield settings, database
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(
            f"The database cannot be used ({type(error.orig).__name__}). Run `virtual-return db "
            "upgrade` first, and see that DATABASE_URL leads to a server that runs."
        ) from error
    finally:
        database.engine.dispose()
