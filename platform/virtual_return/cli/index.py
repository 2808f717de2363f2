"""`virtual-return index`: look after the matching index."""

from __future__ import annotations

import shutil

import click

from matching.generations import GenerationStore
from matching.index_errors import StoredIndexError
from models.choices import OwnerKind
from virtual_return.cli.opening import opened
from virtual_return.config import Settings
from virtual_return.jobs import changes
from virtual_return.matches import health, indexes
from virtual_return.matches.jobs import refresh_now
from virtual_return.matches.verifying import repair, verify


@click.group()
def group() -> None:
    """Look after the matching index. It is derived: nothing is lost with it."""


@group.command()
def status() -> None:
    """Say which generation is served, how far it is behind, and how large it is."""
    with opened() as (settings, database):
        with database.reading() as session:
            state = health.state_of(session)
        click.echo(f"generation {state.generation or 'none yet'}, {state.lag} changes behind")
        for kind in OwnerKind:
            for line in _status(settings, kind):
                click.echo(f"{indexes.FOLDERS[kind]}: {line}")


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
        indexes.merge(settings)
        click.echo("Both indexes are new.")


@group.command("verify")
@click.option(
    "--check", is_flag=True, help="Repair nothing; the exit status is 1 where they differ."
)
def verify_command(*, check: bool) -> None:
    """Compare the index with the database and with its checksums, and repair what differs."""
    with opened() as (settings, database):
        with database.reading() as session:
            problems = verify(session, settings)
        for problem in problems:
            click.echo(problem.text, err=True)
        if problems and not check:
            repair(settings, database, problems)
            with database.reading() as session:
                left = verify(session, settings)
            click.echo(f"{len(problems) - len(left)} of {len(problems)} problems are repaired.")
            problems = left
        if problems:
            raise click.ClickException("Run `virtual-return index rebuild`, or let the worker run.")
        click.echo("The index has everybody whom it should have, and nobody else.")


def _status(settings: Settings, kind: OwnerKind) -> list[str]:
    store = GenerationStore(indexes.index_folder(settings, kind))
    try:
        generation = store.current()
        manifest = store.current_manifest()
    except StoredIndexError as error:
        return [str(error)]
    index = generation.index
    lists = [made.lists for made in index.accelerators()]
    return [
        (
            f"{index.has_rows().sum():,} owners, {len(index):,} vectors of {index.encoder_name} "
            f"({index.encoder_revision}), current up to change {generation.change}"
        ),
        (
            f"generation {generation.number} was saved with {manifest.count:,} vectors; since then "
            f"{index.open_count:,} came and {index.dead_count:,} went"
        ),
        f"{sum(lists):,} lists accelerate it"
        if lists
        else "small enough to be searched as a whole",
    ]
