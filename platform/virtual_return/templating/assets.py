"""Addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, url_for


class Assets:
    """Knows the fingerprint of each static file; reads a file again only when it changed."""

    def __init__(self, app: Flask) -> None:
        self._folder = Path(app.static_folder or "static")
        self._known: dict[str, tuple[int, str]] = {}

    def url(self, name: str) -> str:
        """Return the address of a file below `static/`."""
        return url_for("static", filename=name, v=self._fingerprint(name))

    def _fingerprint(self, name: str) -> str:
        path = self._folder / name
        changed_ns = path.stat().st_mtime_ns
        known = self._known.get(name)
        if known is None or known[0] != changed_ns:
            known = (changed_ns, hashlib.sha256(path.read_bytes()).hexdigest()[:10])
            self._known[name] = known
        return known[1]
