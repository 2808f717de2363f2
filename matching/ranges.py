"""Many short runs of numbers as one array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


def ranges(starts: Int64, lengths: Int64) -> Int64:
    """Return start, start + 1, … of each pair of start and length, one behind the other."""
    ends = np.cumsum(lengths)
    numbers = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
    numbers += np.repeat(starts - (ends - lengths), lengths)
    return numbers
