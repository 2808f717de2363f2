"""What is kept encrypted opens with the same key and for the same purpose only."""

from __future__ import annotations

import pytest

from virtual_return.security import SignatureError, decrypt, encrypt

SECRET = "a secret of this programme"


def test_what_was_encrypted_is_read_again() -> None:
    sealed = encrypt(SECRET, "provider", "the client's secret, كلمة")
    assert "secret" not in sealed
    assert decrypt(SECRET, "provider", sealed) == "the client's secret, كلمة"


@pytest.mark.parametrize(
    ("secret", "purpose"), [("another secret", "provider"), (SECRET, "one-time code")]
)
def test_another_key_or_purpose_opens_nothing(secret: str, purpose: str) -> None:
    sealed = encrypt(SECRET, "provider", "the client's secret")
    with pytest.raises(SignatureError):
        decrypt(secret, purpose, sealed)


def test_a_changed_byte_is_noticed() -> None:
    sealed = encrypt(SECRET, "provider", "the client's secret")
    changed = sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:]
    with pytest.raises(SignatureError):
        decrypt(SECRET, "provider", changed)
