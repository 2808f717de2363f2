"""`virtual-return audit`: is the audit trail whole, and how fairly does the programme work?"""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import force_locale

from virtual_return.app import create_app
from virtual_return.audit import verifying
from virtual_return.config import LOCALES, load_settings
from virtual_return.coordination import exposure, fairness_report
from virtual_return.db import Database, make_engine
from virtual_return.outcomes.operations import KEPT_FOR
from virtual_return.services import services


@click.group()
def group() -> None:
    """Verify the audit trail, and look at how fairly the programme works."""


@group.command()
@click.option(
    "--anchor",
    default="",
    metavar="HASH",
    help="A head that was noted earlier, outside the database: it must be part of the chain.",
)
def verify(anchor: str) -> None:
    """Follow the chain of the audit trail; name the first row that is wrong and exit with 1."""
    database = Database(make_engine(load_settings().sqlalchemy_url))
    with database.reading() as session:
        verdict = verifying.verify(session, anchor=anchor)
    database.engine.dispose()
    if verdict.fault:
        raise click.ClickException(f"{verdict.fault} {verdict.count} links before it hold.")
    if not verdict.has_anchor:
        raise click.ClickException(
            f"The chain holds in itself, and {anchor} is not in it: it was made anew."
        )
    click.echo(f"The audit trail is whole: {verdict.count} events.")
    click.echo(f"Note the head outside this database: {verdict.head}")


@group.command()
@click.option(
    "--days",
    type=click.IntRange(1, KEPT_FOR.days),
    default=90,
    show_default=True,
    help="How many days to count, today included.",
)
@click.option(
    "--html",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Also write a page with charts, which needs no other file.",
)
@click.option(
    "--lang",
    type=click.Choice(LOCALES),
    default=LOCALES[0],
    show_default=True,
    help="The language of the report.",
)
def fairness(days: int, file: Path | None, lang: str) -> None:
    """Say how evenly people are shown, by language, country, region and years of evidence.

    Groups of fewer than ten people are taken together, so that nobody can be worked out.
    """
    app = create_app()
    with app.app_context(), force_locale(lang):
        database = services().database
        with database.reading() as session:
            found = exposure.measure(session, days)
        database.engine.dispose()
        click.echo(fairness_report.text(found), nl=False)
        if file is not None:
            _write(file, fairness_report.html(found))


def _write(file: Path, page: str) -> None:
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
