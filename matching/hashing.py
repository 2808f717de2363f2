"""An encoder without a model: character n-grams hashed into a fixed number of dimensions.

It matches words and parts of words, within one language and script only. It exists for tests
and for trying things out on a machine that has no room for models.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from matching.calibration import unrelated_texts
from matching.loading import check_lengths
from matching.similarity import PlainSimilarity, Similarity
from matching.vectors import Float32

DIMENSION = 512
MIN_WORD_CHARS = 4
_SIZES = (3, 4, 5)
_WORD = re.compile(r"\w+")


class HashingEncoder:
    """Signed feature hashing of character 3- to 5-grams (Weinberger et al., 2009), unit length."""

    name = "hashing"
    revision = "1"
    dimension = DIMENSION

    @cached_property
    def similarity(self) -> Similarity:
        return PlainSimilarity.fitted(self.encode(*unrelated_texts()))

    def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
        check_lengths(texts, languages)
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            _count(text, row)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def _count(text: str, row: Float32) -> None:
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for word in _WORD.findall(plain):
        if len(word) < MIN_WORD_CHARS:
            continue
        padded = f" {word} "
        for size in _SIZES:
            for at in range(max(len(padded) - size + 1, 1)):
                code = zlib.crc32(padded[at : at + size].encode())
                row[code % DIMENSION] += 1.0 if code & 0x10000 else -1.0
    # A word said nine times says three times as much.
    np.copyto(row, np.sign(row) * np.sqrt(np.abs(row)))
