"""The site that passkeys are made for, from the settings of the running application."""

from __future__ import annotations

from virtual_return.accounts.factors.webauthn import Site
from virtual_return.services import services


def our_site() -> Site:
    """Return whom passkeys are for: the host and origin of BASE_URL."""
    settings = services().settings
    return Site.of(settings.base_url, settings.programme_name)
