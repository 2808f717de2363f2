"""`virtual-return calibrate`: read from judged pairs where the bands of a match begin."""

from __future__ import annotations

from pathlib import Path

import click

from matching.band_calibration import TooLittleData, calibrate_bands, write_bands
from matching.bands import BANDS_FILE
from matching.bert import WeightsUnavailable
from matching.evaluation_data import EvaluationError, read_folder
from virtual_return.config import SettingsError, load_settings
from virtual_return.matches.encoders import encoder_of


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--write",
    is_flag=True,
    help="Use the thresholds from the next start on (keep the file in git).",
)
def command(folder: Path, write: bool) -> None:
    """Choose the bands' thresholds from FOLDER, which `evaluate` can read, and state precision.

    Too few people or judgements are refused. Nothing is written without --write.
    """
    try:
        found = calibrate_bands(read_folder(folder), encoder_of(load_settings()))
        if write:
            write_bands(found, BANDS_FILE)
    except (
        EvaluationError, SettingsError, TooLittleData, WeightsUnavailable, ValueError, OSError,
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from error
    click.echo(found.to_json(), nl=False)
    click.echo(f"Written to {BANDS_FILE}." if write else "Not written; --write does.", err=True)
