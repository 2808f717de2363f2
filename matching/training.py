"""Make the lists of an accelerator: train centroids, assign rows, measure how far to reach."""

from __future__ import annotations

import math
from dataclasses import replace

import faiss
import numpy as np
from numpy.typing import NDArray

from matching.accelerator import READ_PER_ANSWER, Accelerator
from matching.clusters import Clusters
from matching.eight_bits import EightBits
from matching.scan import Rows, scan, use_one_thread
from matching.vectors import Float32

# Below so many rows a scan of all is as fast as anybody needs.
ACCELERATED_ROWS = 20_000
# More rounds and more points made lists no better (measured at 100,000 and a million rows).
ROUNDS = 6
POINTS_PER_LIST = 40
SEED = 20_241
CHUNK = 65_536
# Of pseudo queries; those of the benchmark found .995, with .985 only .989 of a million rows.
WANTED_RECALL = 0.993
MEASURED_QUERIES = 400
MEASURED_ANSWERS = 50
MOST_REACH = 8.0
DIRECTIONS = 64
# Centroids are trained anew when there are so many times more rows than they were trained on, or
# when the lists have become so much more unequal, or searches read so much more.
GROWTH = 2.0
MORE_IMBALANCE = 1.3
MORE_READ = 1.5

Lists = NDArray[np.int32]


def train(
    vectors: Float32, previous: Accelerator | None = None, known: Lists | None = None
) -> Clusters:
    """Return lists over *vectors* [rows, dimension], of any length.

    The centroids of *previous* are used again, which spares most of the time, unless they have
    aged: by growth, by imbalance, or because searches read more. *known* int32 [rows] are lists of
    *previous* in which rows lie already, -1 for a row that is new.
    """
    use_one_thread()
    if previous is not None and len(vectors) <= GROWTH * previous.trained_rows:
        again = _over(vectors, previous.centroids, known)
        is_even = again.imbalance <= MORE_IMBALANCE * previous.imbalance
        if is_even and again.reads <= MORE_READ * previous.reads:
            kept = previous.trained_rows, previous.imbalance, previous.reads
            return replace(again, trained_rows=kept[0], imbalance=kept[1], reads=kept[2])
    return _over(vectors, _trained(vectors))


def lists_for(rows: int) -> int:
    """Return how many lists *rows* rows get: 256 for 20,000, 512 for 100,000, 2,048 for 10^6."""
    wanted = int(2 ** round(math.log2(2 * math.sqrt(max(rows, 16)))))
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


def _sample(vectors: Float32, count: int) -> Float32:
    chosen = np.random.default_rng(SEED).permutation(len(vectors))[:count]
    return np.ascontiguousarray(vectors[np.sort(chosen)])


def _over(vectors: Float32, centroids: Float32, known: Lists | None = None) -> Clusters:
    """Assign the rows to the lists of these centroids."""
    lists = len(centroids)
    list_of = _assigned(vectors, centroids, known)
    lengths = np.bincount(list_of, minlength=lists)
    means, spread = _shape(vectors, list_of, lengths)
    made = Clusters(
        bits=EightBits.fitted(vectors),
        centroids=centroids,
        order=np.argsort(list_of, kind="stable").astype(np.int32),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        means=means,
        spread=spread,
        reach=MOST_REACH,
        reads=1.0,
        trained_rows=len(vectors),
        imbalance=float(lists * (lengths.astype(float) ** 2).sum() / max(len(vectors), 1) ** 2),
    )
    return _measured(made, vectors, list_of)


def _assigned(vectors: Float32, centroids: Float32, known: Lists | None) -> Lists:
    list_of = np.full(len(vectors), -1, dtype=np.int32) if known is None else known.copy()
    missing = np.flatnonzero(list_of < 0)
    coarse = faiss.IndexFlatIP(centroids.shape[1])
    coarse.add(np.ascontiguousarray(centroids))
    for start in range(0, len(missing), CHUNK):
        rows = missing[start : start + CHUNK]
        found = coarse.search(np.ascontiguousarray(vectors[rows]), 1)[1][:, 0]
        # A row that no centroid answers to, as only one of no numbers, is in the first list.
        list_of[rows] = np.maximum(found, 0)
    return list_of


def _shape(vectors: Float32, list_of: Lists, lengths: Rows) -> tuple[Float32, Float32]:
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


def _measured(made: Clusters, vectors: Float32, list_of: Lists) -> Clusters:
    """Return the lists with the reach by which pseudo queries find what is wanted."""
    queries = _pseudo_queries(vectors)
    k = min(MEASURED_ANSWERS, len(vectors))
    _, best = scan(queries, vectors, k)
    needed, bounds = [], []
    for query, rows in zip(queries, best, strict=True):
        affinity = made.means @ query
        first = made.first_lists(affinity, READ_PER_ANSWER * k)
        read = np.concatenate([made.order[made.starts[n] : made.starts[n + 1]] for n in first])
        floor = np.sort(vectors[read] @ query)[-min(k, len(read))]
        # How many deviations above its mean each list must be given to be read.
        scatter = np.maximum(made.spread * np.linalg.norm(query), 1e-9)
        reach = (floor - affinity) / scatter
        reach[first] = -np.inf
        bounds.append(reach)
        needed.append(reach[list_of[rows]])
    wanted = float(np.quantile(np.concatenate(needed), WANTED_RECALL, method="higher"))
    reach = min(max(wanted, 0.0), MOST_REACH)
    read_rows = [made.lengths[bound < reach].sum() for bound in bounds]
    return replace(made, reach=reach, reads=float(np.mean(read_rows) / len(vectors)))


def _pseudo_queries(vectors: Float32) -> Float32:
    """Return rows mixed with another row, a little or in equal parts: near rows, but none."""
    chosen = _sample(vectors, 2 * MEASURED_QUERIES)
    half = len(chosen) // 2
    weight = np.where(np.arange(half) % 2 == 0, 0.4, 1.0)[:, None]
    mixed = chosen[:half] + weight * chosen[half : 2 * half][::-1]
    norms = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.maximum(norms, 1e-9), dtype=np.float32)
