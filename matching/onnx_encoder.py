"""Run one model of the default encoder through ONNX Runtime: texts in, unit vectors out."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from matching.bert import BertWeights, positions_of
from matching.vectors import Float32

# Tokens that go through the model together. Fewer waste time between operators, more spend it on
# attention across texts, all of which is thrown away. Measured: docs/decisions/0020.
PACK_TOKENS = 128
# Far enough below every attention score that its exponential is zero.
ACROSS = -10_000.0
# Slower than what it replaces (see onnx_graph).
_SLOW = ["SkipLayerNormFusion", "BiasSkipLayerNormFusion"]

Tokenise = Callable[[Sequence[str]], list[list[int]]]


class OnnxEncoder:
    """A BERT encoder with mean pooling; *model* is a graph of `onnx_graph.build_graph`."""

    def __init__(
        self, weights: BertWeights, tokenise: Tokenise, model: bytes, threads: int = 1
    ) -> None:
        self._weights = weights
        self._tokenise = tokenise
        self._positions = positions_of(weights)
        self._session = _open(model, threads)

    def encode(self, texts: Sequence[str]) -> Float32:
        """Return unit vectors float32 [len(texts), hidden], in the order of *texts*."""
        coded = self._tokenise(texts)
        vectors = np.zeros((len(texts), self._weights.sizes.hidden), dtype=np.float32)
        for rows in packs([len(ids) for ids in coded], PACK_TOKENS):
            vectors[rows] = self._run([coded[row] for row in rows])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)

    def _run(self, coded: list[list[int]]) -> Float32:
        if len(coded) == 1:
            return self._run_one(coded[0])
        lengths = np.array([len(ids) for ids in coded])
        words = self._weights.words(np.concatenate([np.array(ids) for ids in coded]))
        places = np.concatenate([self._positions[:length] for length in lengths])
        owner = np.repeat(np.arange(len(coded)), lengths)
        own = np.arange(len(coded))[:, None] == owner
        bias = np.where(owner[:, None] == owner, np.float32(0), np.float32(ACROSS))
        return self._pooled(words + places, bias, (own / lengths[:, None]).astype(np.float32))

    def _run_one(self, ids: list[int]) -> Float32:
        """Do the same for one text, a query mostly, without what keeps several apart."""
        count = len(ids)
        words = self._weights.words(np.array(ids))
        words += self._positions[:count]
        bias = np.zeros((count, count), dtype=np.float32)
        return self._pooled(words, bias, np.full((1, count), 1 / count, dtype=np.float32))

    def _pooled(self, embedded: Float32, bias: Float32, pool: Float32) -> Float32:
        given = {"embedded": embedded[None], "bias": bias[None, None], "pool": pool[None]}
        (pooled,) = self._session.run(None, given)
        return np.asarray(pooled[0], dtype=np.float32)


def packs(lengths: Sequence[int], most: int) -> list[NDArray[np.intp]]:
    """Group row numbers, shortest first, so that each group has at most *most* tokens.

    A text that is longer by itself makes a group of its own.
    """
    groups: list[list[int]] = []
    room = 0
    for row in np.argsort(np.asarray(lengths, dtype=np.int64), kind="stable").tolist():
        if not groups or lengths[row] > room:
            groups.append([])
            room = most
        groups[-1].append(row)
        room -= lengths[row]
    return [np.array(group, dtype=np.intp) for group in groups]


def _open(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, threads)
    options.inter_op_num_threads = 1
    # Each group has a shape of its own; plans kept for each would only grow.
    options.enable_mem_pattern = False
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    # A waiting thread gives its core to others.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if sums_overflow():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW
    )


def sums_overflow() -> bool:
    """Tell whether 8-bit products of mixed sign may overflow here: x86 without VNNI.

    ONNX Runtime then takes another way, at 1.7 times the cost. Where we cannot look, we assume so.
    """
    if platform.machine().lower() not in {"x86_64", "amd64", "i686"}:
        return False
    try:
        found = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return True
    return "avx512_vnni" not in found and "avx_vnni" not in found
