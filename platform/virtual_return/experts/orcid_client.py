"""Ask ORCID for a public record: with a time limit, a size limit, and a name for each failure."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import requests

TIMEOUT_S = (5, 15)
LARGEST_BYTES = 8_000_000
PIECE_BYTES = 65_536


class RecordAwayError(Exception):
    """ORCID does not answer now; asking again later may help."""


class RecordMissingError(Exception):
    """There is no such public record."""


class RecordUnreadableError(Exception):
    """What came is no record, or far too long for one."""


def fetch(api_url: str, orcid: str) -> Any:
    """Return the public record of an ORCID iD as it was sent."""
    address = f"{api_url.rstrip('/')}/{orcid}/record"
    try:
        with requests.get(
            address,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT_S,
            stream=True,
            allow_redirects=False,
        ) as answer:
            if answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE):
                # ORCID answers 409 for a record that is locked or deactivated.
                raise RecordMissingError
            if answer.status_code != HTTPStatus.OK:
                raise RecordAwayError
            body = bytearray()
            for piece in answer.iter_content(PIECE_BYTES):
                body += piece
                if len(body) > LARGEST_BYTES:
                    raise RecordUnreadableError
    except requests.RequestException as error:
        raise RecordAwayError from error
    try:
        return json.loads(bytes(body))
    except ValueError as error:
        raise RecordUnreadableError from error
