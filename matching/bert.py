"""What is common to both models of the default encoder: a BERT of some sizes, and its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.vectors import Float32


class WeightsUnavailable(RuntimeError):
    """Raised when the weights are not installed or cannot be read; the message says what to do."""


@dataclass(frozen=True)
class BertSizes:
    """The dimensions of an encoder; `positions` is the most tokens that it can read."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_eps: float


class BertWeights(Protocol):
    """The weights of one model, by short names.

    `emb.pos`, `emb.type`, `emb.ln`; for layer n `ln.q`, `ln.k`, `ln.v`, `ln.ao` (attention
    output), `ln.aln` (its norm), `ln.fi` and `ln.fo` (feed-forward, in and out), `ln.oln`, each
    with `.w` and `.b`. A matrix has one row for each output.
    """

    @property
    def sizes(self) -> BertSizes: ...

    def tensor(self, name: str) -> Float32:
        """Return the tensor called *name* as a flat array; KeyError if there is none."""
        ...

    def words(self, ids: NDArray[np.int64]) -> Float32:
        """Return rows float32 [len(ids), hidden] of the word embedding."""
        ...


def positions_of(weights: BertWeights) -> Float32:
    """Return what is added at each position, [positions, hidden]: its own row and that of type 0.

    Both models read one text at a time, so a second token type never comes up.
    """
    hidden = weights.sizes.hidden
    rows = weights.tensor("emb.pos").reshape(-1, hidden)
    return np.asarray(rows + weights.tensor("emb.type")[:hidden], dtype=np.float32)


def writable(text: str) -> str:
    """Return *text* with half of a surrogate pair replaced: one such must not stop a batch."""
    return text.encode("utf-8", "replace").decode("utf-8")
