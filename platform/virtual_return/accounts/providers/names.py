"""What a provider is called where its issuer is all that is known."""

from __future__ import annotations

from collections.abc import Iterable

from virtual_return.accounts.providers.trusted import Trusted
from virtual_return.i18n import locale_code


def provider_name(providers: Iterable[Trusted], issuer: str) -> str:
    """Return the name of an issuer in the reader's language; its address where it has none."""
    return next((one.name(locale_code()) for one in providers if one.issuer == issuer), issuer)
