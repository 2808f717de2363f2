"""The encoder of a worker process: made when it is first needed, kept while the process lives."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from matching.encoder import Encoder, create_encoder
from virtual_return.config import Settings
from virtual_return.matches.embeddings import EncoderIdentity

_log = logging.getLogger(__name__)
_made: dict[tuple[str, str, Path], Encoder] = {}
_lock = threading.Lock()


def encoder_of(settings: Settings) -> Encoder:
    """Return the encoder that the setting names. A web process never calls this."""
    key = (settings.encoder, settings.encoder_device, models_folder(settings))
    with _lock:
        if key not in _made:
            _made[key] = create_encoder(
                settings.encoder,
                settings.encoder_device,
                settings.encoder_threads,
                models_folder(settings),
            )
        return _made[key]


def models_folder(settings: Settings) -> Path:
    """Return where the default encoder's models are kept once they are built."""
    return settings.data_dir / "models"


def warm_up(settings: Settings) -> None:
    """Open the models, building those that are not built, by encoding one word."""
    encoder_of(settings).encode(["ready"], ["en"])


def start_warming_up(settings: Settings) -> threading.Thread:
    """Do so beside what else goes on: the first change then waits for no model."""
    thread = threading.Thread(target=_try_to_warm_up, args=[settings], name="encoder", daemon=True)
    thread.start()
    return thread


def identity_of(encoder: Encoder) -> EncoderIdentity:
    """Return what is kept with every vector of an encoder."""
    return EncoderIdentity(encoder.name, encoder.revision, encoder.dimension)


def _try_to_warm_up(settings: Settings) -> None:
    try:
        warm_up(settings)
    except (OSError, RuntimeError, ValueError):
        # The job that needs the encoder will meet the same, and report it where jobs report.
        _log.warning("encoder_not_ready", exc_info=True)
