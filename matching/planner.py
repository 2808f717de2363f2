"""Choose how to search: by the number of rows that pass the filter, never by luck."""

from __future__ import annotations

import numpy as np

from matching.accelerator import Accelerator
from matching.scan import BATCH_QUERIES, Best, Rows, scan, scan_masked
from matching.slots import Mask, Slots
from matching.vectors import Float32

# Up to so many rows that pass, scoring each of them is exact, and as fast as a look in eight bits
# where a few queries ask the same filter. One alone would do better in eight bits from 450 on.
SCORED_ROWS = 1_200
# Up to so many, a look at each in eight bits is faster than the lists.
SIFTED_ROWS = 50_000
# Rows one by one beat a scan of all while less than this share passes.
GATHERED_SHARE = 0.3
# Asking for more than this share of the rows reads nearly all of them anyway.
ANSWER_SHARE = 0.01
# Of a look in eight bits this share may be scored again.
SIFTED_SHARE = 0.2


def search_slots(
    slots: Slots,
    accelerator: Accelerator | None,
    queries: Float32,
    k: int,
    allowed: Mask | None,
) -> list[Best]:
    """Return for each query the *k* best rows, or all that there are.

    *allowed* is a mask over owner numbers, None for everybody. Without an accelerator no row is
    missed; with one, one in a hundred may be.
    """
    if allowed is not None:
        return _filtered(slots, accelerator, queries, k, allowed)
    if accelerator is not None and k <= ANSWER_SHARE * slots.live_count:
        return [accelerator.nearest(slots, query, k) for query in queries]
    if not slots.dead_count:
        return _each(scan(queries, slots.vectors, min(k, slots.count)))
    return _scan_rows(slots, queries, k, slots.live_rows())


def _filtered(
    slots: Slots, accelerator: Accelerator | None, queries: Float32, k: int, allowed: Mask
) -> list[Best]:
    if slots.first is None or slots.by_owner is None:
        return _scan_rows(slots, queries, k, slots.rows_allowed(allowed))
    owners = slots.owners_allowed(allowed)
    # Of owners with the mean number of rows: near enough to choose by.
    passing = len(owners) * slots.count / (len(slots.first) - 1)
    if accelerator is not None and passing > SCORED_ROWS:
        if passing <= SIFTED_ROWS and k <= SIFTED_SHARE * passing:
            return [accelerator.sifted(slots, query, k, owners) for query in queries]
        if k <= ANSWER_SHARE * passing:
            share = passing / slots.count
            return [accelerator.pruned(slots, query, k, allowed, share) for query in queries]
    if len(queries) < BATCH_QUERIES and passing <= GATHERED_SHARE * slots.count:
        return [slots.by_owner.search(query, owners, k) for query in queries]
    return _scan_rows(slots, queries, k, slots.rows_allowed(allowed))


def _scan_rows(slots: Slots, queries: Float32, k: int, rows: Rows) -> list[Best]:
    k = min(k, len(rows))
    if k == 0:
        none = Best(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64))
        return [none for _ in queries]
    if len(rows) <= GATHERED_SHARE * slots.count:
        return _each(scan(queries, slots.vectors, k, rows))
    mask = np.zeros(slots.count, dtype=np.bool_)
    mask[rows] = True
    return _each(scan_masked(queries, slots.vectors, k, mask))


def _each(found: tuple[Float32, Rows]) -> list[Best]:
    """Return answers query by query; there are rows enough for all."""
    return [Best(scores, rows) for scores, rows in zip(*found, strict=True)]
