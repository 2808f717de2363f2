"""How far the index is behind the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import now
from virtual_return.jobs import changes


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """What is served, and what it lacks."""

    # Numbers of the two generations, people and needs; empty before the first.
    generation: str
    # Changes that the index does not have yet.
    lag: int
    # Since the last publication; None before the first.
    age_s: float | None


def state_of(session: Session) -> IndexHealth:
    """Return the state as the database tells it."""
    state = changes.index_state(session)
    if state is None:
        return IndexHealth("", 0, None)
    age_s = (now() - state.built_at).total_seconds() if state.generation else None
    return IndexHealth(state.generation, max(0, state.wanted_change - state.built_change), age_s)
