"""Search chosen runs of rows of a file, by FAISS's kernels, the file mapped as it is.

To FAISS each run (the rows of an owner, or those that lie together) is an inverted list on disk. A
list is named by its number, so a filter that knows its owners has nothing to compile, and a search
is one call that reads what was chosen and nothing else.
"""

from __future__ import annotations

import threading
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from matching.scan import Best, Rows, use_one_thread
from matching.vectors import Float32

# The setter itself: SWIG's way to it takes a tenth of a small search.
_set_probes = faiss.SearchParametersIVF.nprobe.fset  # type: ignore[attr-defined]
LIST = np.dtype([("size", "<u8"), ("capacity", "<u8"), ("offset", "<u8")])


class _Own(threading.local):
    """FAISS's parameters of the search that a thread is at."""

    def __init__(self) -> None:
        self.parameters = faiss.SearchParametersIVF()


class RangeLists:
    """Rows bounds[n] up to bounds[n + 1] of a file are list n.

    The file has nothing but rows one behind the other: float32 numbers, or, where its name ends in
    `.u8`, bytes that stand for whole numbers from -128 on. ValueError when its size is another.
    """

    def __init__(self, path: Path, bounds: Rows, dimension: int) -> None:
        self.bounds = bounds
        count, is_bytes = len(bounds) - 1, path.suffix == ".u8"
        row_bytes = dimension if is_bytes else 4 * dimension
        if path.stat().st_size != int(bounds[-1]) * row_bytes or np.any(np.diff(bounds) < 0):
            raise ValueError(f"{path.name} has other rows than its lists")
        self._lists = _lists_on_disk(path, bounds, row_bytes)
        # Never asked: a search names its lists.
        self._coarse = faiss.IndexFlatIP(dimension)
        self._index = _index_over(self._coarse, is_bytes=is_bytes)
        self._index.nlist, self._index.ntotal = count, int(bounds[-1])
        self._index.replace_invlists(self._lists, False)
        # What is known of a list's centroid is nothing, for any number of lists.
        self._nothing = np.zeros(count, dtype=np.float32)
        self._nothing_at = faiss.swig_ptr(self._nothing)
        self._own = _Own()

    def search(self, query: Float32, lists: Rows, k: int) -> Best:
        """Return the *k* best rows in these lists, or all they have; the runs are the lists.

        *query* is contiguous float32; for bytes its numbers are whole and within -127 to 127.
        *lists* int64 are numbers of lists, each once.
        """
        use_one_thread()
        parameters = self._own.parameters
        _set_probes(parameters, len(lists))
        scores, labels = np.empty(k, dtype=np.float32), np.empty(k, dtype=np.int64)
        if not len(lists) or not k:
            return Best(scores[:0], labels[:0], self.bounds)
        # The call under the wrapper, which is not in the stub.
        self._index.search_preassigned_c(  # type: ignore[attr-defined]
            1,
            faiss.swig_ptr(query),
            k,
            faiss.swig_ptr(lists),
            self._nothing_at,
            faiss.swig_ptr(scores),
            faiss.swig_ptr(labels),
            True,
            parameters,
        )
        if labels[-1] < 0:
            count = int(np.count_nonzero(labels >= 0))
            scores, labels = scores[:count], labels[:count]
        return Best(scores, labels, self.bounds)


def _lists_on_disk(path: Path, bounds: Rows, row_bytes: int) -> faiss.OnDiskInvertedLists:
    table: NDArray[np.void] = np.empty(len(bounds) - 1, dtype=LIST)
    table["size"] = table["capacity"] = np.diff(bounds)
    table["offset"] = bounds[:-1] * row_bytes
    lists = faiss.OnDiskInvertedLists()
    lists.nlist, lists.code_size = len(table), row_bytes
    lists.filename, lists.read_only = str(path), True
    lists.totsize = int(bounds[-1]) * row_bytes
    # Threads that would read ahead what the page cache has.
    lists.prefetch_nthread = 0
    # A vector of C++, not the list that the stub says.
    lists.lists.resize(len(table))  # type: ignore[attr-defined]
    if lists.totsize:
        where = lists.lists.data()  # type: ignore[attr-defined]
        faiss.memcpy(where, faiss.swig_ptr(table.view(np.uint8)), table.nbytes)
        lists.do_mmap()
    return lists


def _index_over(coarse: faiss.IndexFlatIP, *, is_bytes: bool) -> faiss.IndexIVF:
    dimension, metric = coarse.d, faiss.METRIC_INNER_PRODUCT
    index: faiss.IndexIVF = faiss.IndexIVFFlat(coarse, dimension, 1, metric)
    if is_bytes:
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        index = faiss.IndexIVFScalarQuantizer(coarse, dimension, 1, kind, metric, False)
    index.is_trained = True
    return index
