"""Choose how to search: by the number of rows that pass the filter, never by luck."""

from __future__ import annotations

import numpy as np

from matching.accelerator import Accelerator
from matching.scan import Rows, scan, scan_masked
from matching.slots import Mask, Slots
from matching.vectors import Float32

# Up to so many rows that pass, scoring each of them is as fast as anything, and exact.
GATHERED_ROWS = 4_000
# Gathering rows one by one beats a scan of all while less than this share passes.
GATHERED_SHARE = 0.3
# Asking for more than this share of the rows reads nearly all of them anyway.
ANSWER_SHARE = 0.01


def search_slots(
    slots: Slots,
    accelerator: Accelerator | None,
    queries: Float32,
    k: int,
    allowed: Mask | None,
    *,
    exact: bool = False,
) -> tuple[Float32, Rows]:
    """Return scores and rows [queries, up to k], best first; row -1 fills a short answer.

    *allowed* is a mask over owner numbers, None for everybody. With *exact*, or without an
    accelerator, no row is missed; otherwise one in a hundred may be.
    """
    if accelerator is not None and not exact:
        passing = slots.live_count if allowed is None else slots.count_allowed(allowed)
        if passing > GATHERED_ROWS and k <= ANSWER_SHARE * passing:
            return accelerator.search(slots, queries, k, allowed)
    if allowed is None and not slots.dead_count:
        return scan(queries, slots.vectors, min(k, slots.count))
    return _scan_rows(slots, queries, k, slots.rows_allowed(allowed))


def _scan_rows(slots: Slots, queries: Float32, k: int, rows: Rows) -> tuple[Float32, Rows]:
    k = min(k, len(rows))
    if k == 0:
        return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
    if len(rows) <= GATHERED_SHARE * slots.count:
        return scan(queries, slots.vectors, k, rows)
    mask = np.zeros(slots.count, dtype=np.bool_)
    mask[rows] = True
    return scan_masked(queries, slots.vectors, k, mask)
