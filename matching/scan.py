"""Exact inner-product search over plain arrays, by FAISS's kernels, without a FAISS index.

The kernels read the rows where they are, so memory-mapped files need no copy, and nothing can be
added to a mapped FAISS index, which ends the process (FAISS 1.15).
"""

from __future__ import annotations

from typing import NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from matching.vectors import Float32

Rows = NDArray[np.int64]

PLACE_BITS = 32
PLACE = (1 << PLACE_BITS) - 1


class Best(NamedTuple):
    """Rows of one query, best first, as many as there are.

    With `bounds` a label is the number of a run of rows above PLACE_BITS, where bounds has the
    run's first row, and below them the place in the run; without, it is the row.
    """

    scores: Float32
    labels: Rows
    bounds: Rows | None = None

    @property
    def rows(self) -> Rows:
        if self.bounds is None:
            return self.labels
        return self.bounds.take(self.labels >> PLACE_BITS) + (self.labels & PLACE)

    @property
    def runs(self) -> Rows | None:
        """The run of each row, where rows stand in runs."""
        return None if self.bounds is None else self.labels >> PLACE_BITS


# From so many queries on, a matrix product beats scanning the rows for each. FAISS's own
# threshold is some hundreds, which makes a batch of 200 seven times as slow as one of 400.
BATCH_QUERIES = 8
# Rows of a filter that are copied together for a batch: 60 MB at 768 numbers.
COPIED_ROWS = 20_000


def scan(
    queries: Float32, vectors: Float32, k: int, rows: Rows | None = None
) -> tuple[Float32, Rows]:
    """Return scores and row numbers [queries, k], best first; -1 where there are fewer rows.

    *rows* int64, ascending, limits the answer; every one must be a row of *vectors*.
    """
    if rows is not None and len(queries) >= BATCH_QUERIES and len(rows) <= COPIED_ROWS:
        scores, places = _search(queries, np.ascontiguousarray(vectors[rows]), k, None)
        return scores, np.where(places < 0, places, rows[places]) if len(rows) else places
    return _search(queries, vectors, k, None if rows is None else faiss.IDSelectorArray(rows))


def scan_masked(
    queries: Float32, vectors: Float32, k: int, mask: NDArray[np.bool_]
) -> tuple[Float32, Rows]:
    """The same for the rows of a *mask* over all of them: better when most rows pass."""
    bits = np.packbits(mask, bitorder="little")
    # The wrapper takes the array alone; the stub repeats the C++ signature.
    selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
    return _search(queries, vectors, k, selector)


def score_rows(query: Float32, vectors: Float32, k: int, rows: Rows) -> Best:
    """Return the *k* best of a few rows, in any order, by their true scores."""
    scores = np.empty(len(rows), dtype=np.float32)
    faiss.fvec_inner_products_by_idx(  # type: ignore[attr-defined] # Not in the stub.
        faiss.swig_ptr(scores),
        faiss.swig_ptr(query),
        faiss.swig_ptr(vectors),
        faiss.swig_ptr(rows),
        vectors.shape[1],
        1,
        len(rows),
    )
    best = (-scores).argsort(kind="stable")[:k]
    return Best(scores[best], rows[best])


def use_one_thread() -> None:
    """Keep FAISS to one thread: several make one query slower; concurrent queries scale."""
    if faiss.omp_get_max_threads() != 1:
        faiss.omp_set_num_threads(1)


def _search(
    queries: Float32, vectors: Float32, k: int, selector: faiss.IDSelector | None
) -> tuple[Float32, Rows]:
    use_one_thread()
    dimension = vectors.shape[1]
    faiss.cvar.distance_compute_blas_threshold = BATCH_QUERIES * dimension
    queries = np.ascontiguousarray(queries, dtype=np.float32)
    scores = np.empty((len(queries), k), dtype=np.float32)
    rows = np.empty((len(queries), k), dtype=np.int64)
    if not len(vectors) or not k:
        rows.fill(-1)
        return scores, rows
    faiss.knn_inner_product(
        faiss.swig_ptr(queries),
        faiss.swig_ptr(vectors),
        dimension,
        len(queries),
        len(vectors),
        k,
        faiss.swig_ptr(scores),
        faiss.swig_ptr(rows),
        selector,
    )
    return scores, rows
