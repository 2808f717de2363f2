"""Vectors that behave like embeddings of evidence: topics within domains, several rows a person.

2,000 topics of Zipf-like weight in 40 domains; a row is its domain, its topic, a point in the
topic's own subspace of 64 directions of falling weight, and noise. The constants put mean cosine,
cosine of the nearest fifty and local dimension near those of MiniLM on 5,000 texts of ESCO
(.12, .37 and 21; `describe` prints those of a sample).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.vectors import Float32

DIMENSION = 384
EACH = 7
TOPICS = 2_000
DOMAINS = 40
SUBSPACE = 64
CHUNK = 50_000
COMMON, DOMAIN, TOPIC, WITHIN, NOISE = 0.30, 0.38, 0.42, 0.50, 0.62


@dataclass(frozen=True)
class World:
    """Rows float32 [size, DIMENSION], owner by owner; the topic of each; queries not among them."""

    rows: Float32
    topics: NDArray[np.int64]
    queries: Float32
    query_topics: NDArray[np.int64]


def make_world(size: int, queries: int = 200, seed: int = 7) -> World:
    """Return *size* rows of size // EACH people; half of the queries mix two topics."""
    chance = np.random.default_rng(seed)
    model = _Topics(chance)
    topics = _topics_of_people(size, model, chance)
    rows = np.empty((size, DIMENSION), dtype=np.float32)
    for start in range(0, size, CHUNK):
        rows[start : start + CHUNK] = model.sample(topics[start : start + CHUNK], chance)
    wanted = model.draw(queries, chance)
    asked = model.sample(wanted, chance)
    other = model.sample(model.draw(queries, chance), chance)
    asked[1::2] = _unit(asked[1::2] + other[1::2])
    return World(rows, topics, asked, wanted)


def describe(world: World, sample: int = 2_000) -> dict[str, float]:
    """Return mean cosine, mean cosine of the nearest fifty, and local dimension of a sample."""
    chance = np.random.default_rng(1)
    some = world.rows[chance.permutation(len(world.rows))[:sample]]
    near = np.sort(world.queries[::2] @ some.T, axis=1)[:, ::-1][:, :50]
    distance = np.sqrt(np.maximum(2 - 2 * near, 1e-9))
    dimension = -1 / np.mean(np.log(distance[:, :-1] / distance[:, -1:]), axis=1)
    return {
        "mean cosine": float((some[:500] @ some[500:1000].T).mean()),
        "cosine of the nearest 50": float(near.mean()),
        "local dimension": float(np.median(dimension)),
    }


class _Topics:
    def __init__(self, chance: np.random.Generator) -> None:
        self._common = _unit(chance.normal(size=(1, DIMENSION)))
        self._domains = _unit(chance.normal(size=(DOMAINS, DIMENSION)))
        self._domain_of = chance.integers(0, DOMAINS, TOPICS)
        self._topics = _unit(chance.normal(size=(TOPICS, DIMENSION)))
        # One basis for all, of which each topic takes its own directions: small, and as varied.
        self._basis = _unit(chance.normal(size=(1_024, DIMENSION)))
        self._directions = chance.integers(0, 1_024, (TOPICS, SUBSPACE))
        self._fall = (1 / np.sqrt(1 + np.arange(SUBSPACE))).astype(np.float32)
        self._fall /= np.linalg.norm(self._fall)
        weights = 1 / (10 + np.arange(TOPICS))
        self._weights = weights / weights.sum()

    def draw(self, count: int, chance: np.random.Generator) -> NDArray[np.int64]:
        return chance.choice(TOPICS, count, p=self._weights)

    def sample(self, topics: NDArray[np.int64], chance: np.random.Generator) -> Float32:
        rows = COMMON * self._common + DOMAIN * self._domains[self._domain_of[topics]]
        rows = rows + TOPIC * self._topics[topics]
        weights = chance.normal(size=(len(topics), SUBSPACE)).astype(np.float32) * self._fall
        for topic in np.unique(topics).tolist():
            members = topics == topic
            rows[members] += WITHIN * (weights[members] @ self._basis[self._directions[topic]])
        noise = chance.normal(size=rows.shape) / np.sqrt(DIMENSION)
        return _unit(rows + NOISE * noise)


def _topics_of_people(size: int, model: _Topics, chance: np.random.Generator) -> NDArray[np.int64]:
    """Give most rows of a person one topic: people have a field."""
    fields = np.repeat(model.draw(size // EACH + 1, chance), EACH)[:size]
    strays = chance.random(size) < 0.3
    return np.where(strays, model.draw(size, chance), fields)


def _unit(rows: NDArray[np.floating]) -> Float32:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
