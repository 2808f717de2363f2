"""How long each stage of a request took."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter


class Stopwatch:
    """Adds up seconds by stage; one instance serves one request."""

    def __init__(self) -> None:
        self._since = perf_counter()
        self._seconds: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Count the time since the lap before, or since the start, to *stage*."""
        now = perf_counter()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._since
        self._since = now

    @property
    def seconds(self) -> Mapping[str, float]:
        """Seconds by stage, in the order in which they came."""
        return dict(self._seconds)
