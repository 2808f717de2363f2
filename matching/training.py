"""Make the lists of an accelerator: train centroids, assign rows, measure how much to probe."""

from __future__ import annotations

import math
from dataclasses import replace

import faiss
import numpy as np

from matching.accelerator import Accelerator
from matching.scan import Rows, scan, use_one_thread
from matching.slots import Slots
from matching.vectors import Float32

# Below so many rows a scan of all is as fast as anybody needs.
ACCELERATED_ROWS = 20_000
ROUNDS = 8
POINTS_PER_LIST = 50
SEED = 20_241
CHUNK = 65_536
# Of pseudo queries. With .985 real ones found .991 at 100,000 rows but only .980 at a million.
WANTED_RECALL = 0.993
MEASURED_QUERIES = 100
DIRECTIONS = 64
# Centroids are trained anew when there are so many times more rows than they were trained on, or
# when the lists have become so much more unequal.
GROWTH = 2.0
MORE_IMBALANCE = 1.3


def train(vectors: Float32, previous: Accelerator | None = None) -> Accelerator:
    """Return lists over *vectors* [rows, dimension], of any length.

    The centroids of *previous* are used again, which spares most of the time, unless they have
    aged: by growth, by imbalance, or because no cheap number of probes reaches the wanted recall.
    """
    use_one_thread()
    if previous is not None and len(vectors) <= GROWTH * previous.trained_rows:
        again = _over(vectors, _centroids_of(previous))
        is_even = again.imbalance <= MORE_IMBALANCE * previous.imbalance
        if is_even and (again.probes or not previous.probes):
            return replace(again, trained_rows=previous.trained_rows, imbalance=previous.imbalance)
    return _over(vectors, _trained(vectors))


def lists_for(rows: int) -> int:
    """Return how many lists *rows* rows get: 512 for 20,000, 1,024 for 100,000, 4,096 for 10^6."""
    wanted = int(2 ** round(math.log2(4 * math.sqrt(max(rows, 16)))))
    return max(1, min(wanted, rows // 8))


def _trained(vectors: Float32) -> Float32:
    """Return unit centroids float32 [lists, dimension] by k-means on a sample."""
    lists, dimension = lists_for(len(vectors)), vectors.shape[1]
    clustering = faiss.Clustering(dimension, lists)
    clustering.spherical, clustering.niter, clustering.seed = True, ROUNDS, SEED
    clustering.max_points_per_centroid, clustering.min_points_per_centroid = POINTS_PER_LIST, 1
    sample = _sample(vectors, lists * POINTS_PER_LIST)
    clustering.train(sample, faiss.IndexFlatIP(dimension))
    centroids = faiss.vector_to_array(clustering.centroids)
    return np.asarray(centroids, dtype=np.float32).reshape(lists, dimension)


def _centroids_of(previous: Accelerator) -> Float32:
    coarse, lists = previous.codes.quantizer, previous.codes.nlist
    return np.asarray(coarse.reconstruct_n(0, lists), dtype=np.float32)


def _sample(vectors: Float32, count: int) -> Float32:
    chosen = np.random.default_rng(SEED).permutation(len(vectors))[:count]
    return np.ascontiguousarray(vectors[np.sort(chosen)])


def _over(vectors: Float32, centroids: Float32) -> Accelerator:
    """Assign the rows to the lists of these centroids."""
    dimension, lists = vectors.shape[1], len(centroids)
    coarse = faiss.IndexFlatIP(dimension)
    coarse.add(centroids)
    codes = faiss.IndexIVFScalarQuantizer(
        coarse, dimension, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    # The coarse part has its centroids, so this trains the ranges of the codes alone.
    codes.train(_sample(vectors, lists * POINTS_PER_LIST))
    list_of = np.empty(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), CHUNK):
        chunk = np.ascontiguousarray(vectors[start : start + CHUNK])
        found = np.ascontiguousarray(coarse.search(chunk, 1)[1][:, 0])
        list_of[start : start + CHUNK] = found
        codes.add_core(len(chunk), faiss.swig_ptr(chunk), None, faiss.swig_ptr(found))
    lengths = np.bincount(list_of, minlength=lists)
    means, spread = _shape(vectors, list_of, lengths)
    made = Accelerator(
        codes=codes,
        order=np.argsort(list_of, kind="stable").astype(np.int32),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        means=means,
        spread=spread,
        probes=0,
        trained_rows=len(vectors),
        imbalance=float(lists * (lengths.astype(float) ** 2).sum() / max(len(vectors), 1) ** 2),
    )
    return replace(made, probes=_probes(made, vectors))


def _shape(vectors: Float32, list_of: Rows, lengths: Rows) -> tuple[Float32, Float32]:
    """Return the mean of each list, and how scores scatter around the score of the mean."""
    counts = np.maximum(lengths, 1)
    means = np.zeros((len(lengths), vectors.shape[1]), dtype=np.float32)
    chunks = [slice(at, at + CHUNK) for at in range(0, len(vectors), CHUNK)]
    for chunk in chunks:
        by_list = np.argsort(list_of[chunk], kind="stable")
        lists = list_of[chunk][by_list]
        begins = np.flatnonzero(np.diff(lists, prepend=-1))
        means[lists[begins]] += np.add.reduceat(vectors[chunk][by_list], begins, axis=0)
    means /= counts[:, None].astype(np.float32)
    directions = _sample(vectors, DIRECTIONS)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    expected = means @ directions.T
    squares = np.zeros(len(lengths))
    for chunk in chunks:
        scatter = vectors[chunk] @ directions.T - expected[list_of[chunk]]
        squares += np.bincount(
            list_of[chunk], weights=(scatter**2).mean(axis=1), minlength=len(lengths)
        )
    return means, np.sqrt(squares / counts).astype(np.float32)


def _probes(made: Accelerator, vectors: Float32) -> int:
    """Return how many lists to probe for the wanted recall; 0 if that would be a quarter of all."""
    queries = _pseudo_queries(vectors)
    k = min(50, len(vectors))
    _, exact = scan(queries, vectors, k)
    slots = Slots.over(vectors)
    probes = 4
    while probes <= max(made.codes.nlist // 4, 4):
        trial = replace(made, probes=probes)
        found = [trial.nearest(slots, query, k) for query in queries]
        hits = sum(
            len(np.intersect1d(rows, one[1]))
            for rows, one in zip(exact, found, strict=True)
            if one is not None
        )
        if hits >= WANTED_RECALL * k * len(queries):
            return probes
        probes = max(probes + 1, int(probes * 1.25))
    return 0


def _pseudo_queries(vectors: Float32) -> Float32:
    """Return rows mixed with a little of another row: near the rows, but none of them."""
    chosen = _sample(vectors, 2 * MEASURED_QUERIES)
    half = len(chosen) // 2
    mixed = chosen[:half] + 0.4 * chosen[half : 2 * half][::-1]
    norms = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.maximum(norms, 1e-9), dtype=np.float32)
