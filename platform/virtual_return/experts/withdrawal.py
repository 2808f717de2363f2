"""Tell those above that a person withdrew: whatever waits for the person is released at once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from models import Expert

Hook = Callable[[Session, Expert], object]
_hooks: list[Hook] = []


def register(hook: Hook) -> None:
    """Run this when somebody hides, pauses or deletes a profile; registering twice is once."""
    if hook not in _hooks:
        _hooks.append(hook)


def announce(session: Session, expert: Expert) -> None:
    """Run every hook, while the profile's rows are still there."""
    for hook in _hooks:
        hook(session, expert)
