"""Start the product's processes for a test, and end exactly those."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What a process may inherit: never the settings of whoever runs the tests.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "OMP_NUM_THREADS")


def clean_environment(**settings: str) -> dict[str, str]:
    """Return an environment with these settings alone."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**kept, "ENVIRONMENT": "test", "PYTHONUNBUFFERED": "1", **settings}


class Processes:
    """The processes of one test; their output goes to a file that a failure can show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, command: Sequence[str], **settings: str) -> subprocess.Popen[bytes]:
        """Start one from the root of the repository."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=clean_environment(**settings), stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill it as a power cut would: no handler runs, nothing is tidied up."""
        process.kill()
        process.wait()

    def stop_all(self) -> None:
        """End what still runs."""
        for process in self._running:
            if process.poll() is None:
                process.terminate()
        for process in self._running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill(process)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")


def wait_until(condition: Callable[[], object], *, timeout_s: float = 30, what: str = "") -> float:
    """Return after how many seconds it became true."""
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        assert waited < timeout_s, f"Not within {timeout_s} s: {what or condition}"
        time.sleep(0.02)
    return time.monotonic() - began
