"""`virtual-return evaluate`: measure matching on judged data, by the code that the product uses."""

from __future__ import annotations

import json
from pathlib import Path

import click

from matching.bert import WeightsUnavailable
from matching.evaluation import EvaluationError, evaluate, evaluate_data, format_table
from virtual_return.cli.opening import opened
from virtual_return.config import SettingsError, load_settings
from virtual_return.matches import outcome_data
from virtual_return.matches.encoders import encoder_of

CAVEAT = (
    "These judgements come from lists that matching itself made: what it never showed is unjudged "
    "and counts against whoever finds it. Compare figures of one log only, and mind large changes."
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--from-outcomes",
    is_flag=True,
    help="Judge by the log of what was shown, opened, invited and accepted, instead of FOLDER.",
)
@click.option("--table", is_flag=True, help="Print a readable table instead of JSON.")
def command(folder: Path | None, from_outcomes: bool, table: bool) -> None:
    """Measure the encoder of ENCODER on FOLDER: experts.jsonl, needs.jsonl, judgements.csv."""
    if (folder is None) != from_outcomes:
        raise click.UsageError("Name a FOLDER, or say --from-outcomes; one of the two.")
    try:
        result = _from_log() if folder is None else evaluate(folder, encoder_of(load_settings()))
    except (EvaluationError, SettingsError, WeightsUnavailable, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(format_table(result) if table else json.dumps(result, indent=2))


def _from_log() -> dict[str, object]:
    """Evaluate by outcomes, and say what such a figure is worth."""
    with opened() as (settings, database):
        with database.reading() as session:
            data = outcome_data.read(session)
        click.echo(CAVEAT, err=True)
        return evaluate_data(data, encoder_of(settings))
