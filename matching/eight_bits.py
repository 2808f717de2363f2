"""Vectors in eight bits a number, for a first look at many: a quarter of the memory to read.

Each number of the vectors has a scale of its own, by which its largest value becomes 127, so that
nothing is cut off and a leg of small numbers keeps its digits. A query is put on the inverse scale
and rounded too, so that whole numbers are multiplied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.vectors import Float32

LARGEST = 127
# FAISS stores -128 as 0.
ZERO = 128
CHUNK = 16_384


@dataclass(frozen=True)
class EightBits:
    """`scale` float32 [dimension]: what a vector's numbers are multiplied with."""

    scale: Float32

    @classmethod
    def fitted(cls, vectors: Float32) -> EightBits:
        """Return the scale at which the largest of each number is 127."""
        most = np.zeros(vectors.shape[1], dtype=np.float32)
        for start in range(0, len(vectors), CHUNK):
            chunk = vectors[start : start + CHUNK]
            np.maximum(most, np.maximum(chunk.max(axis=0), -chunk.min(axis=0)), out=most)
        return cls(np.where(most > 0, LARGEST / np.maximum(most, 1e-30), 1.0).astype(np.float32))

    def encoded(self, vectors: Float32) -> NDArray[np.uint8]:
        """Return a byte for each number."""
        scaled = vectors * self.scale
        np.rint(scaled, out=scaled)
        np.clip(scaled, -LARGEST, LARGEST, out=scaled)
        scaled += ZERO
        return scaled.astype(np.uint8)

    def query(self, query: Float32) -> tuple[Float32, float]:
        """Return whole numbers to multiply with bytes, and what their products are counted in."""
        scaled = query / self.scale
        most = max(float(scaled.max()), -float(scaled.min()))
        unit = most / LARGEST if most > 0 and math.isfinite(most) else 1.0
        scaled /= unit
        np.rint(scaled, out=scaled)
        return scaled, unit
