"""Copy the rows of many owners out of an index, part by part instead of owner by owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from matching.group import Group
from matching.vectors import ItemVectors


def gather(groups: Mapping[int, Group], codes: Sequence[int], dimension: int) -> list[ItemVectors]:
    """Return the rows of each owner number, in the order of the groups; none for one without."""
    items: list[list[str]] = [[] for _ in codes]
    copied, whose = [np.zeros((0, dimension), dtype=np.float32)], [np.zeros(0, dtype=np.int64)]
    for number in sorted(groups):
        for slots in groups[number].parts():
            rows = [slots.rows_of(code) for code in codes]
            flat = [row for of_one in rows for row in of_one]
            for place, of_one in enumerate(rows):
                items[place].extend(slots.item(row) for row in of_one)
            copied.append(slots.vectors[flat])
            whose.append(np.repeat(np.arange(len(codes)), [len(of_one) for of_one in rows]))
    owner = np.concatenate(whose)
    vectors = np.concatenate(copied)[np.argsort(owner, kind="stable")]
    ends = np.cumsum(np.bincount(owner, minlength=len(codes))).tolist()
    starts = [0, *ends][: len(codes)]
    return [
        ItemVectors(tuple(names), vectors[start:end])
        for names, start, end in zip(items, starts, ends, strict=True)
    ]
