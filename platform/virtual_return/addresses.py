"""Absolute addresses for mail, which is written where no request is."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from virtual_return.services import services


def absolute_url(endpoint: str, **values: str | int) -> str:
    """Return the address that people open, as BASE_URL says, never as a request's Host said."""
    parts = urlsplit(services().settings.base_url)
    adapter = current_app.url_map.bind(
        parts.netloc, script_name=parts.path or "/", url_scheme=parts.scheme
    )
    return adapter.build(endpoint, values, force_external=True)
