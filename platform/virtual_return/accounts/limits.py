"""How often mail may be asked for: by one sender, and for one address from anywhere."""

from __future__ import annotations

from flask import request

from virtual_return.accounts.addresses import fingerprint, normalise
from virtual_return.services import services


def sign_in_limit() -> str:
    """Return the limit that the settings name."""
    return services().settings.sign_in_limit


def address_key() -> str:
    """Count what is asked for the address of a form, without knowing the address."""
    typed = request.form.get("email", "")
    return "email:" + fingerprint(services().settings.secret_key, normalise(typed) or typed[:254])
