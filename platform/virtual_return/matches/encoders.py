"""The encoder of a worker process: made when it is first needed, kept while the process lives."""

from __future__ import annotations

import threading

from matching.encoder import HASHING, Encoder, create_encoder
from virtual_return.config import Settings
from virtual_return.matches.embeddings import EncoderIdentity

_made: dict[str, Encoder] = {}
_lock = threading.Lock()


def encoder_of(settings: Settings) -> Encoder:
    """Return the encoder that the setting names. A web process never calls this."""
    with _lock:
        if settings.encoder not in _made:
            _made[settings.encoder] = create_encoder(settings.encoder)
            if settings.encoder != HASHING:
                _limit_threads(settings.encoder_threads)
        return _made[settings.encoder]


def identity_of(encoder: Encoder) -> EncoderIdentity:
    """Return what is kept with every vector of an encoder."""
    return EncoderIdentity(encoder.name, encoder.revision, encoder.dimension)


def _limit_threads(count: int) -> None:
    # Imported here: it takes seconds and hundreds of megabytes, which only a worker pays.
    import torch  # noqa: PLC0415

    torch.set_num_threads(max(1, count))
