"""`virtual-return encoder`: look after the models of the encoder."""

from __future__ import annotations

import time

import click

from matching.bert import WeightsUnavailable
from virtual_return.config import SettingsError, load_settings
from virtual_return.matches.encoders import encoder_of, models_folder, warm_up


@click.group()
def group() -> None:
    """Look after the models of the encoder."""


@group.command()
def build() -> None:
    """Build the models in DATA_DIR, as the first text would; for images and installations."""
    try:
        settings = load_settings()
        start = time.perf_counter()
        warm_up(settings)
    except (SettingsError, WeightsUnavailable, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    took = time.perf_counter() - start
    name = encoder_of(settings).name
    click.echo(f"The encoder {name} is ready after {took:.1f} s ({models_folder(settings)}).")
