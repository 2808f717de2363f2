"""Keep a few processes running together, and stop them together."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import click

STOP_TIMEOUT_S = 15.0
# A process that dies this soon after its start will die again: say so instead of looping fast.
SOON_S = 5.0
RESTARTS_AT_ONCE = 3


class ChildDiedError(RuntimeError):
    """A process died again and again; its output above says why."""


@dataclass
class Child:
    """One process and how often it died young."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    early_deaths: int = 0


class Supervisor:
    """Starts processes in sessions of their own, so that Ctrl-C reaches only the supervisor."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._children: list[Child] = []

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one process."""
        self._children.append(Child(name, command, self._spawn(command)))

    def check(self) -> None:
        """Start again what died; raise ChildDiedError where that does not help."""
        for child in self._children:
            if child.process.poll() is None:
                continue
            died_early = time.monotonic() - child.started < SOON_S
            child.early_deaths = child.early_deaths + 1 if died_early else 0
            if child.early_deaths >= RESTARTS_AT_ONCE:
                raise ChildDiedError(
                    f"The {child.name} stops as soon as it starts; see its messages above."
                )
            click.echo(f"The {child.name} stopped and is started again.", err=True)
            child.process = self._spawn(child.command)
            child.started = time.monotonic()

    def stop(self) -> None:
        """Ask all to stop, wait, then insist."""
        for child in reversed(self._children):
            self._signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for child in self._children:
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._signal(child, signal.SIGKILL)
                child.process.wait()
        self._children.clear()

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self._environment, start_new_session=True)

    def _signal(self, child: Child, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # It may have ended by itself.
            os.killpg(child.process.pid, number)
