from __future__ import annotations

import pytest

from tests.support.client import PageClient
from tests.support.factories import Cast

PATHS = [
    "/profile", "/profile/about", "/profile/evidence", "/profile/evidence/new", "/profile/skills",
    "/profile/skills?q=wa", "/profile/languages", "/profile/availability",
    "/profile/qualifications", "/profile/qualifications/new", "/profile/preview",
    "/profile/preview/about", "/profile/visibility", "/profile/visibility?q=se", "/profile/delete",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_page_shows(client: PageClient, cast: Cast, path: str) -> None:
    client.sign_in(cast.expert).get(path)
