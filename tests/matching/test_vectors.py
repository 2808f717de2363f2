"""Stored vectors come back as they went, near enough."""

from __future__ import annotations

import numpy as np
import pytest

from matching import ItemVectors, from_bytes, to_bytes


def test_half_the_bytes_cost_almost_nothing() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 768)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)

    back = np.stack([from_bytes(to_bytes(row)) for row in rows])

    assert len(to_bytes(rows[0])) == 2 * 768
    assert np.abs(back @ back.T - rows @ rows.T).max() < 5e-4


def test_torn_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="buffer size"):
        from_bytes(to_bytes(np.ones(4, dtype=np.float32))[:-1])


def test_rows_are_found_by_item() -> None:
    vectors = ItemVectors(("passage:a", "skill:b"), np.eye(2, dtype=np.float32))

    assert "skill:b" in vectors
    assert vectors.get("gone") is None
    assert vectors.starting_with("skill:").items == ("skill:b",)
    np.testing.assert_array_equal(vectors.pick(["skill:b", "gone"]).vectors, [[0.0, 1.0]])


def test_items_without_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="as many rows"):
        ItemVectors(("a", "b"), np.zeros((1, 3), dtype=np.float32))
