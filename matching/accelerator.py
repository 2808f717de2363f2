"""Lists of rows that lie together, so that a search reads few of them; can be lost at any time.

k-means on unit centroids puts each row into one list (an inverted file). Rows of one group are
expected to be of about the same length, as embeddings are: with a long row among short ones its
list would say little about it. Both ways to use the lists follow one stop rule. They read the
nearest lists until they have enough rows, and then every other list that may hold a better row
than the last one found: a list whose mean scores m, and whose rows scatter around it by s, is read
when m + reach * s is above that row's score.

- `nearest`, without a filter: rows are looked at in eight bits, and the best of them are scored
  again from the rows themselves.
- `pruned`, under a filter: rows that pass are scored exactly. FAISS's own way, a number of lists
  with the filter inside, loses rows under filters: the more selective the filter, and the more it
  has to do with the topic, the fewer rows that pass lie in the nearest lists.

`sifted` does without the lists: it looks at all rows of chosen owners in eight bits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.clusters import Clusters
from matching.range_lists import RangeLists
from matching.ranges import ranges
from matching.scan import Best, Rows, scan, score_rows
from matching.slots import Mask, Slots
from matching.vectors import Float32

# Rows read at first, for each row asked for: those that pass a filter, or all.
PASSING_PER_ANSWER = 24
READ_PER_ANSWER = 16
# Under a filter more is read at first, so the last row found is better and the reach may be a
# little less; but at least so much, at which recall is .996 of 10 % of a million rows.
REACH_OF_MORE = 0.8
LEAST_REACH = 3.3
# Candidates scored again for each row asked for, and a few more.
REFINED, REFINED_MORE = 1.15, 6


@dataclass(frozen=True)
class Accelerator(Clusters):
    """Lists to search by: `listed` has the rows in eight bits list by list, `owned` by owner."""

    listed: RangeLists
    owned: RangeLists

    def nearest(self, slots: Slots, query: Float32, k: int) -> Best:
        """Return the best rows of all, by eight bits and refinement."""
        affinity = self.means @ query
        whole, unit = self.bits.query(query)
        depth = _depth(k) + 2 * k * slots.dead_count // max(slots.count, 1)
        first = self.first_lists(affinity, READ_PER_ANSWER * k)
        near = self.listed.search(whole, first, depth)
        if len(near.scores) >= k:
            may = affinity + math.sqrt(float(query @ query)) * self._margin
            may[first] = -np.inf
            others = (may > near.scores[k - 1] * unit).nonzero()[0]
            if len(others):
                # The nearest first, after which few rows are among the best so far.
                others = others[(-affinity[others]).argsort()]
                near = _together(depth, near, self.listed.search(whole, others, depth))
        rows = self.order.take(near.rows).astype(np.int64)
        if slots.dead_count:
            rows = rows[slots.passing(None, rows)]
        if len(rows) < k:
            return self.pruned(slots, query, k, None, 1.0)
        return score_rows(query, slots.vectors, k, rows)

    def sifted(self, slots: Slots, query: Float32, k: int, owners: Rows) -> Best:
        """Return the best rows of these owners, by eight bits and refinement."""
        whole, _ = self.bits.query(query)
        found = self.owned.search(whole, owners, _depth(k))
        return score_rows(query, slots.vectors, k, found.rows)

    def pruned(
        self, slots: Slots, query: Float32, k: int, allowed: Mask | None, share: float
    ) -> Best:
        """Return the best rows that pass, exactly but for what the stop rule leaves out.

        *share* is the part of all rows that passes, by which the first reading is measured.
        """
        affinity = self.means @ query
        nearest = np.argsort(-affinity)
        wanted = PASSING_PER_ANSWER * k / share
        count = int(np.searchsorted(np.cumsum(self.lengths[nearest]), wanted)) + 1
        first = self._passing(slots, nearest[:count], allowed)
        found = best_of(slots, query, k, first)
        floor = found.scores[-1] if len(found.scores) == k else -np.inf
        others = nearest[count:]
        reach = max(LEAST_REACH, REACH_OF_MORE * self.reach)
        margin = reach * float(np.linalg.norm(query)) * self.spread[others]
        others = others[affinity[others] + margin > floor]
        if not len(others):
            return found
        more = best_of(slots, query, k, self._passing(slots, others, allowed))
        return _together(k, found, more)

    @cached_property
    def _margin(self) -> Float32:
        return self.reach * self.spread

    def _passing(self, slots: Slots, lists: NDArray[np.int64], allowed: Mask | None) -> Rows:
        starts = self.starts[lists]
        rows = self.order[ranges(starts, self.starts[lists + 1] - starts)].astype(np.int64)
        if allowed is not None or slots.dead_count:
            rows = rows[slots.passing(allowed, rows)]
        # Ascending is how memory is read fastest.
        rows.sort()
        return rows


def best_of(slots: Slots, query: Float32, k: int, rows: Rows) -> Best:
    """Return the *k* best of these rows, ascending, or all if there are fewer, best first."""
    k = min(k, len(rows))
    if not k:
        return Best(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64))
    scores, found = scan(query[None, :], slots.vectors, k, rows)
    return Best(scores[0], found[0])


def _depth(k: int) -> int:
    return int(REFINED * k) + REFINED_MORE


def _together(k: int, first: Best, second: Best) -> Best:
    """Return the *k* best of two answers."""
    if not len(second.scores):
        return first
    scores = np.concatenate([first.scores, second.scores])
    order = (-scores).argsort(kind="stable")[:k]
    return Best(scores[order], np.concatenate([first.labels, second.labels])[order], first.bounds)
