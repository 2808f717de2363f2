"""Find the programs that tests drive but the package does not carry."""

from __future__ import annotations

import os
import shutil
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
