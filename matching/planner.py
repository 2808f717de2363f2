"""Choose how to search: by the number of rows that pass, never at the price of losing one."""

from __future__ import annotations

import numpy as np

from matching.scan import Rows, scan, scan_masked
from matching.slots import Mask, Slots
from matching.vectors import Float32

# Gathering rows one by one beats a scan of all while less than this share passes.
GATHER_SHARE = 0.3


def search_slots(
    slots: Slots,
    queries: Float32,
    k: int,
    allowed: Mask | None,
    *,
    exact: bool = False,  # noqa: ARG001 - all of it is exact yet.
) -> tuple[Float32, Rows]:
    """Return scores and rows [queries, up to k], best first; row -1 fills a short answer.

    *allowed* is a mask over owner numbers, None for everybody.
    """
    if allowed is None and not slots.dead_count:
        return scan(queries, slots.vectors, min(k, slots.count))
    if allowed is None:
        return _scan_rows(slots, queries, k, slots.live_rows())
    return _scan_rows(slots, queries, k, slots.rows_allowed(allowed))


def _scan_rows(slots: Slots, queries: Float32, k: int, rows: Rows) -> tuple[Float32, Rows]:
    k = min(k, len(rows))
    if k == 0:
        return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
    if len(rows) <= GATHER_SHARE * slots.count:
        return scan(queries, slots.vectors, k, rows)
    mask = np.zeros(slots.count, dtype=np.bool_)
    mask[rows] = True
    return scan_masked(queries, slots.vectors, k, mask)
