"""`virtual-return index`: look after the matching index."""

from __future__ import annotations

import shutil

import click

from matching.generations import GenerationStore
from matching.index_errors import StoredIndexError
from models.choices import OwnerKind
from virtual_return.cli.opening import opened
from virtual_return.jobs import changes
from virtual_return.matches import health, indexes
from virtual_return.matches.jobs import refresh_now
from virtual_return.matches.verifying import verify


@click.group()
def group() -> None:
    """Look after the matching index. It is derived: nothing is lost with it."""


@group.command()
def status() -> None:
    """Say which generation is served, and how far it is behind."""
    with opened() as (settings, database):
        with database.reading() as session:
            state = health.state_of(session)
        click.echo(f"generation {state.generation or 'none yet'}, {state.lag} changes behind")
        for kind in OwnerKind:
            store = GenerationStore(indexes.index_folder(settings, kind))
            try:
                manifest = store.current_manifest()
            except StoredIndexError as error:
                click.echo(f"{indexes.FOLDERS[kind]}: {error}")
                continue
            click.echo(
                f"{indexes.FOLDERS[kind]}: {manifest.owners:,} owners, {manifest.count:,} vectors "
                f"of {manifest.encoder_name} ({manifest.encoder_revision})"
            )


@group.command()
def rebuild() -> None:
    """Build both indexes anew from the database, embedding what has no vector."""
    with opened() as (settings, database):
        with indexes.exclusive(settings):
            for kind in OwnerKind:
                shutil.rmtree(indexes.index_folder(settings, kind), ignore_errors=True)
        with database.writing() as session:
            changes.raise_wanted(session)
        click.echo("Building; until it is done, pages say that matching is catching up.")
        refresh_now(settings, database)
        click.echo("Both indexes are new.")


@group.command("verify")
def verify_command() -> None:
    """Compare the index with the database; the exit status is 1 where they differ."""
    with opened() as (settings, database):
        with database.reading() as session:
            problems = verify(session, settings)
        for problem in problems:
            click.echo(problem, err=True)
        if problems:
            raise click.ClickException("Run `virtual-return index rebuild`, or let the worker run.")
        click.echo("The index has everybody whom it should have, and nobody else.")
