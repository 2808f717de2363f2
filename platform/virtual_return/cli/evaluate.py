"""`virtual-return evaluate`: measure matching on judged data, by the code that the product uses."""

from __future__ import annotations

import json
from pathlib import Path

import click

from matching.bert import WeightsUnavailable
from matching.evaluation import EvaluationError, evaluate, format_table
from virtual_return.config import SettingsError, load_settings
from virtual_return.matches.encoders import encoder_of


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--table", is_flag=True, help="Print a readable table instead of JSON.")
def command(folder: Path, table: bool) -> None:
    """Measure the encoder of ENCODER on FOLDER: experts.jsonl, needs.jsonl, judgements.csv."""
    try:
        result = evaluate(folder, encoder_of(load_settings()))
    except (EvaluationError, SettingsError, WeightsUnavailable, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(format_table(result) if table else json.dumps(result, indent=2))
