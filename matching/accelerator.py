"""Lists of rows that lie together, so that a search reads few of them; can be lost at any time.

k-means on unit centroids puts each row into one list (an inverted file). Rows of one group are
expected to be of about the same length, as embeddings are: with a long row among short ones its
list would say little about it. Two ways to use the lists:

- `nearest`: FAISS scans 8-bit codes of the `probes` nearest lists, and the best of them are scored
  again from the rows themselves. For searches without a filter.
- `pruned`: for filters, which FAISS's way loses rows under: the more selective the filter, and the
  more it has to do with the topic, the fewer rows that pass lie in the nearest lists. It reads as
  many lists as hold enough rows that pass, scores those exactly, and then reads every other list
  that may hold a better row than the last one found: a list whose mean scores m, and whose rows
  scatter around it by s, is read when m + SIGMAS * s is above that row's score.
- `sifted`: the same rule from the other end, for filters that few rows pass: those are known, and
  their lists say which of them need not be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import faiss
import numpy as np
from numpy.typing import NDArray

from matching.ranges import ranges
from matching.scan import Rows, scan, use_one_thread
from matching.slots import Mask, Slots
from matching.vectors import Float32

# How far a row may lie above its list's mean, in standard deviations: recall .995 measured.
SIGMAS = 3.3
# Rows that pass read at first, for each row asked for.
READ_PER_ANSWER = 12
# Candidates scored again for each row asked for, and a few more.
REFINED, REFINED_MORE = 1.5, 16
# The probes are measured for answers of up to so many rows.
PROBED_ROWS = 64
# Up to so many rows that pass, it is faster to begin with them than with the lists.
SIFTED_ROWS = 30_000


@dataclass(frozen=True)
class Accelerator:
    """Lists over the rows of sealed slots.

    `order` int32 [rows] has the row numbers list by list, `starts` int64 [lists + 1] where each
    begins, `means` float32 [lists, dimension], `spread` float32 [lists] the standard deviation of
    the rows' scores around their mean's. `probes` is 0 where no cheap number of probes reaches the
    recall that is wanted: then every search goes the way of filters. `trained_rows` and
    `imbalance` are those of when the centroids were trained.
    """

    codes: faiss.IndexIVFScalarQuantizer
    order: NDArray[np.int32]
    starts: Rows
    means: Float32
    spread: Float32
    probes: int
    trained_rows: int
    imbalance: float

    @property
    def rows(self) -> int:
        """How many rows the lists have."""
        return len(self.order)

    def search(
        self, slots: Slots, queries: Float32, k: int, allowed: Mask | None
    ) -> tuple[Float32, Rows]:
        """Return scores and rows [queries, k], best first; row -1 fills a short answer."""
        scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
        rows = np.full((len(queries), k), -1, dtype=np.int64)
        passing = slots.count if allowed is None else max(slots.count_allowed(allowed), 1)
        few = slots.rows_allowed(allowed) if passing <= SIFTED_ROWS else None
        for number, query in enumerate(queries):
            found = None
            if few is not None:
                found = self.sifted(slots, query, k, few)
            elif allowed is None and self.probes and k <= PROBED_ROWS:
                found = self.nearest(slots, query, k)
            if found is None:
                found = self.pruned(slots, query, k, allowed, passing / slots.count)
            scores[number, : len(found[0])], rows[number, : len(found[1])] = found
        return scores, rows

    def nearest(self, slots: Slots, query: Float32, k: int) -> tuple[Float32, Rows] | None:
        """Return the best rows by codes and refinement; None if too few were found."""
        use_one_thread()
        depth = int(REFINED * k) + REFINED_MORE
        _, found = self.codes.search(query[None, :], depth, params=self._parameters)
        rows = np.sort(found[0])
        rows = rows[np.searchsorted(rows, 0) : np.searchsorted(rows, slots.count)]
        if slots.dead_count:
            rows = rows[slots.passing(None, rows)]
        return best_of(slots, query, k, rows) if len(rows) >= k else None

    def pruned(
        self, slots: Slots, query: Float32, k: int, allowed: Mask | None, share: float
    ) -> tuple[Float32, Rows]:
        """Return the best rows that pass, exactly but for what the lists' spread leaves out.

        *share* is the part of all rows that passes, by which the first reading is measured.
        """
        affinity = self.means @ query
        nearest = np.argsort(-affinity)
        lengths = (self.starts[1:] - self.starts[:-1])[nearest]
        wanted = READ_PER_ANSWER * k / share
        reach = int(np.searchsorted(np.cumsum(lengths), wanted)) + 1
        first = self._passing(slots, nearest[:reach], allowed)
        scores, rows = best_of(slots, query, k, first)
        floor = scores[-1] if len(scores) == k else -np.inf
        others = nearest[reach:]
        margin = SIGMAS * float(np.linalg.norm(query)) * self.spread[others]
        others = others[affinity[others] + margin > floor]
        if not len(others):
            return scores, rows
        more = best_of(slots, query, k, self._passing(slots, others, allowed))
        return _together(k, (scores, rows), more)

    def sifted(self, slots: Slots, query: Float32, k: int, rows: Rows) -> tuple[Float32, Rows]:
        """Return the best of *rows*, ascending, passing over those that their list rules out."""
        lists = self.list_of[rows]
        affinity = self.means @ query
        expected = affinity[lists]
        most = READ_PER_ANSWER * k
        if len(rows) <= most:
            return best_of(slots, query, k, rows)
        is_first = expected >= np.partition(expected, len(rows) - most)[len(rows) - most]
        scores, found = best_of(slots, query, k, rows[is_first])
        bound = affinity + SIGMAS * float(np.linalg.norm(query)) * self.spread
        more = best_of(slots, query, k, rows[~is_first & (bound[lists] > scores[-1])])
        return _together(k, (scores, found), more)

    @cached_property
    def _parameters(self) -> faiss.SearchParametersIVF:
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = self.probes
        return parameters

    @cached_property
    def list_of(self) -> NDArray[np.int32]:
        """The list of each row, int32 [rows]; made when first asked for."""
        made = np.empty(len(self.order), dtype=np.int32)
        lengths = self.starts[1:] - self.starts[:-1]
        made[self.order] = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        return made

    def _passing(self, slots: Slots, lists: NDArray[np.int64], allowed: Mask | None) -> Rows:
        starts = self.starts[lists]
        rows = self.order[ranges(starts, self.starts[lists + 1] - starts)].astype(np.int64)
        if allowed is not None or slots.dead_count:
            rows = rows[slots.passing(allowed, rows)]
        # Ascending is how memory is read fastest.
        rows.sort()
        return rows


def best_of(slots: Slots, query: Float32, k: int, rows: Rows) -> tuple[Float32, Rows]:
    """Return the *k* best of these rows, or all if there are fewer, best first."""
    k = min(k, len(rows))
    if not k:
        return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)
    scores, found = scan(query[None, :], slots.vectors, k, rows)
    return scores[0], found[0]


def _together(
    k: int, first: tuple[Float32, Rows], second: tuple[Float32, Rows]
) -> tuple[Float32, Rows]:
    """Return the *k* best of two answers."""
    if not len(second[0]):
        return first
    scores = np.concatenate([first[0], second[0]])
    order = np.argsort(-scores, kind="stable")[:k]
    return scores[order], np.concatenate([first[1], second[1]])[order]
