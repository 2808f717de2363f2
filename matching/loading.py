"""Load a sentence-transformers model and encode with it, at the first text and not before."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import numpy as np

from matching.vectors import Float32

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 32


def load_model(model: str, device: str | None, threads: int | None = None) -> SentenceTransformer:
    """Load a sentence-transformers model without asking the network.

    *device* None leaves the choice to PyTorch, *threads* None too.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Brings torch, seconds and hundreds of megabytes: only a process that encodes pays for it.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    limit_threads(threads)
    return SentenceTransformer(model, device=device)


def limit_threads(threads: int | None) -> None:
    """Let PyTorch use so many threads, in the whole process."""
    if threads is not None:
        import torch  # noqa: PLC0415

        torch.set_num_threads(max(1, threads))


def model_leg(model: SentenceTransformer) -> Callable[[Sequence[str]], Float32]:
    """Return a function from texts to unit vectors float32 [texts, dimension]."""

    def encode(texts: Sequence[str]) -> Float32:
        with _fast_arithmetic(model):
            rows = model.encode(
                list(texts),
                batch_size=BATCH_SIZE,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(rows, dtype=np.float32)

    return encode


def encode_unique(
    encode: Callable[[Sequence[str]], Float32], texts: Sequence[str], dimension: int
) -> Float32:
    """Encode each different text once and return rows [texts, dimension] in input order."""
    if not texts:
        return np.zeros((0, dimension), dtype=np.float32)
    row_of = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    return encode(list(row_of))[[row_of[text] for text in texts]]


def check_lengths(texts: Sequence[str], languages: Sequence[str | None]) -> None:
    """Raise ValueError unless there is one language, or None, for each text."""
    if len(texts) != len(languages):
        raise ValueError(f"{len(texts)} texts but {len(languages)} languages.")


def _fast_arithmetic(model: SentenceTransformer) -> AbstractContextManager[object]:
    """Multiply in bfloat16 where the processor does so itself.

    Twice as fast there, and the vectors keep a cosine of .9999 to those of full precision; on
    other processors bfloat16 is emulated and slow.
    """
    import torch  # noqa: PLC0415

    if model.device.type == "cpu" and torch.cpu.get_capabilities().get("avx512_bf16", False):
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()
