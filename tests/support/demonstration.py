"""The demonstration as `make run` starts it, for pictures and measurements."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.mail import free_port

READ_WITHIN_S = 900.0


@dataclass(frozen=True)
class Demonstration:
    """A running demonstration: its address and its data folder."""

    url: str
    folder: Path


@contextmanager
def started_demonstration() -> Iterator[Demonstration]:
    """Run the command `dev` with matching caught up, in DATA_DIR or in a folder that goes again.

    A DATA_DIR that is kept spares a second run the reading of all texts.
    """
    with tempfile.TemporaryDirectory(prefix="virtual-return-") as temporary:
        folder, port = Path(os.environ.get("DATA_DIR", temporary)), free_port()
        environment = {**os.environ, "DATA_DIR": str(folder), "ENVIRONMENT": "development"}
        command = [str(Path(sys.executable).parent / "virtual-return"), "dev", "--port", str(port)]
        process = subprocess.Popen(command, env=environment)
        try:
            product = Demonstration(f"http://127.0.0.1:{port}", folder)
            wait_until_caught_up(product)
            yield product
        finally:
            process.terminate()
            process.wait(timeout=30)


def index_lag(product: Demonstration) -> int | None:
    """Ask the product how many changes its index lacks; None while there is no index."""
    try:
        with urllib.request.urlopen(f"{product.url}/readyz") as answer:
            index = json.load(answer)["checks"]["index"]
    except OSError:
        return None
    return int(index["lag"]) if index.get("generation") else None


def wait_until_caught_up(product: Demonstration) -> None:
    """Return when the index has everybody."""
    deadline = time.monotonic() + READ_WITHIN_S
    while time.monotonic() < deadline:
        if index_lag(product) == 0:
            return
        time.sleep(1)
    sys.exit(f"Matching did not catch up within {READ_WITHIN_S:.0f} s.")
