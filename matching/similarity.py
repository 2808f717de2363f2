"""How two vectors of one encoder are compared, on one calibrated scale for all encoders.

The scale is that of all-MiniLM-L6-v2 between two English texts: unrelated texts come out near
.08 with a spread of .11, the same thing said twice near 1. Bands and thresholds are stated on it.
numpy only: a web process compares without loading any model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.vectors import Float32

UNRELATED_MEAN = 0.082
UNRELATED_SPREAD = 0.108


class Probe(NamedTuple):
    """One group of rows as a plain inner product: score = vectors @ rows.T + offsets[:, None]."""

    group: int
    vectors: Float32
    offsets: Float32


class Similarity(Protocol):
    """Compares vectors of one encoder; symmetric: pairs(a, b) is the transpose of pairs(b, a)."""

    def groups(self, vectors: Float32) -> NDArray[np.int8]:
        """Return the group of each row; rows of one group answer to one probe."""
        ...

    def probes(self, queries: Float32) -> tuple[Probe, ...]:
        """Return one probe for each group, so that an inner-product index can answer."""
        ...

    def pairs(self, queries: Float32, rows: Float32) -> Float32:
        """Return calibrated scores float32 [queries, rows]."""
        ...

    def to_dict(self) -> dict[str, object]:
        """Return the parameters for a manifest, to be read back by `similarity_from_dict`."""
        ...


@dataclass(frozen=True)
class PlainSimilarity:
    """scale * inner product + offset, for any model with one vector space."""

    scale: float = 1.0
    offset: float = 0.0

    @classmethod
    def fitted(cls, unrelated: Float32) -> PlainSimilarity:
        """Fit to unit vectors [n, dimension] of texts that have nothing to do with each other."""
        cosines = (unrelated @ unrelated.T)[~np.eye(len(unrelated), dtype=bool)]
        scale = UNRELATED_SPREAD / max(float(cosines.std()), 1e-6)
        return cls(round(scale, 6), round(UNRELATED_MEAN - scale * float(cosines.mean()), 6))

    def groups(self, vectors: Float32) -> NDArray[np.int8]:
        return np.zeros(len(vectors), dtype=np.int8)

    def probes(self, queries: Float32) -> tuple[Probe, ...]:
        vectors, offsets = _f32(queries), np.zeros(len(queries), dtype=np.float32)
        # Most of a search among few rows would be these four calls.
        if self.scale != 1.0:
            vectors = _f32(vectors * self.scale)
        if self.offset:
            offsets += self.offset
        return (Probe(0, vectors, offsets),)

    def pairs(self, queries: Float32, rows: Float32) -> Float32:
        return np.asarray(self.scale * (queries @ rows.T) + self.offset, dtype=np.float32)

    def to_dict(self) -> dict[str, object]:
        return {"kind": "plain", "scale": self.scale, "offset": self.offset}


ENGLISH = 0
OTHER = 1
# A row of the English leg has no zeros among its first numbers, one of another language nothing
# but its mark; reading on costs more than comparing.
TOLD_BY = 40
# How a vector says in which language other than English its text is: this value in one of the
# first numbers, small enough not to stretch the range of what is kept in eight bits.
MARK = 0.25
# For so few queries comparing every row both ways costs less than copying the rows apart.
FEW_QUERIES = 32


@dataclass(frozen=True)
class FusedSimilarity:
    """Two legs in one vector: an English one and a multilingual one.

    A vector is [english, or the mark of another language (split) | multilingual - centre of its
    language]. Two English texts: english.english + blend * (raw multilingual cosine - floor). An
    English and another: mixed_scale * centred.centred + mixed_offset. Two others: scale *
    centred.centred + offset, less `kinship` where both carry the same mark, for texts of one
    language are near by their style alone. The form and its constants come from
    docs/decisions/0010 and 0036.
    """

    centre: tuple[float, ...]
    split: int = 384
    blend: float = 1.25
    floor: float = 0.80
    scale: float = 7.7
    offset: float = -0.024
    mixed_scale: float = 8.47
    mixed_offset: float = -0.036
    kinship: float = 0.04

    def groups(self, vectors: Float32) -> NDArray[np.int8]:
        told = np.count_nonzero(vectors[:, : min(self.split, TOLD_BY)], axis=1)
        return np.where(told > 1, ENGLISH, OTHER).astype(np.int8)

    def probes(self, queries: Float32) -> tuple[Probe, ...]:
        leg, centred = queries[:, : self.split], queries[:, self.split :]
        is_english = self.groups(queries) == ENGLISH
        raw, constant = self._raw(centred)
        none = np.zeros_like(leg)
        both = np.concatenate([leg, self.blend * raw], 1)
        mixed = np.concatenate([none, self.mixed_scale * centred], 1)
        akin = np.concatenate([leg * (-self.kinship / MARK**2), self.scale * centred], 1)
        mixed_level = np.full(len(queries), self.mixed_offset, dtype=np.float32)
        level = np.full(len(queries), self.offset, dtype=np.float32)
        choose = is_english[:, None]
        return (
            Probe(
                ENGLISH,
                _f32(np.where(choose, both, mixed)),
                _f32(np.where(is_english, constant, mixed_level)),
            ),
            Probe(
                OTHER,
                _f32(np.where(choose, mixed, akin)),
                _f32(np.where(is_english, mixed_level, level)),
            ),
        )

    def pairs(self, queries: Float32, rows: Float32) -> Float32:
        groups = self.groups(rows)
        english, other = self.probes(queries)
        is_english = groups == ENGLISH
        if is_english.all() or not is_english.any():
            return _answers(english if is_english.any() else other, rows)
        if len(queries) <= FEW_QUERIES:
            return np.where(is_english, _answers(english, rows), _answers(other, rows))
        scores = np.empty((len(queries), len(rows)), dtype=np.float32)
        scores[:, is_english] = _answers(english, rows[is_english])
        scores[:, ~is_english] = _answers(other, rows[~is_english])
        return scores

    def to_dict(self) -> dict[str, object]:
        return {"kind": "fused", **asdict(self), "centre": list(self.centre)}

    def _raw(self, centred: Float32) -> tuple[Float32, Float32]:
        """Return uncentred multilingual vectors, and what is constant over English rows."""
        raw = _f32(centred + self._centre)
        return raw, _f32(self.blend * (raw @ self._centre - self.floor))

    @cached_property
    def _centre(self) -> Float32:
        # Made once: it took half of a search's preparation.
        return np.asarray(self.centre, dtype=np.float32)


def similarity_from_dict(stored: Mapping[str, object]) -> Similarity:
    """Rebuild a similarity from `to_dict`; ValueError when the kind is unknown."""
    values = {key: value for key, value in stored.items() if key != "kind"}
    if stored.get("kind") == "plain":
        return PlainSimilarity(**{key: _number(value) for key, value in values.items()})
    if stored.get("kind") == "fused":
        centre = values.pop("centre")
        if not isinstance(centre, list):
            raise ValueError("The similarity's centre is not a list of numbers.")
        split = int(_number(values.pop("split")))
        numbers = {key: _number(value) for key, value in values.items()}
        return FusedSimilarity(tuple(map(float, centre)), split, **numbers)
    raise ValueError(f"Unknown kind of similarity: {stored.get('kind')!r}.")


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is not a number.")
    return float(value)


def _answers(probe: Probe, rows: Float32) -> Float32:
    return _f32(probe.vectors @ rows.T + probe.offsets[:, None])


def _f32(values: NDArray[np.floating]) -> Float32:
    return np.asarray(values, dtype=np.float32)
