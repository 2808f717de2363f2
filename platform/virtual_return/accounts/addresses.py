"""E-mail addresses in the one form in which they are stored and compared."""

from __future__ import annotations

import hashlib
import hmac

from email_validator import EmailNotValidError, validate_email

MAXIMUM_LENGTH = 254


def normalise(text: str) -> str | None:
    """Return an address in lower case and ASCII, or None where it is none.

    Lower case before the @ is a choice: a server that tells Ann from ann is rarer than somebody
    who types both. Nothing else is folded, since dots and tags are another person's address.
    """
    if len(text) > 2 * MAXIMUM_LENGTH:
        return None
    try:
        valid = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    address = (valid.ascii_email or "").lower()
    return address if 0 < len(address) <= MAXIMUM_LENGTH else None


def fingerprint(secret: str, address: str) -> str:
    """Return a keyed hash, for places that must tell addresses apart and not know them."""
    key = f"e-mail fingerprint:{secret}".encode()
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:32]
