"""Ask a browser to sign a challenge with a passkey, and check what it answers (WebAuthn)."""

from __future__ import annotations

import ipaddress
import json
import logging
import struct
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

# It would write the ids of people's keys into the log.
logging.getLogger("fido2").setLevel(logging.WARNING)

# ES256, EdDSA, RS256: what browsers offer today, and nothing with SHA-1.
ALGORITHMS = (-7, -8, -257)
LONGEST_ANSWER = 20_000
TIMEOUT_MS = 120_000
# The library raises all of these on what is not an answer of a browser.
MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    struct.error,
)


class AnswerRefusedError(Exception):
    """What the browser sent is not the answer to what was asked, whatever the reason."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey."""

    credential_id: str
    credential: bytes
    sign_count: int
    transports: list[str]
    is_synced: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that fits."""

    sign_count: int
    is_user_verified: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Whom passkeys are for: the host of BASE_URL, asked from exactly its origin."""

    name: str
    host: str
    origin: str

    @classmethod
    def of(cls, base_url: str, name: str) -> Site:
        parts = urlsplit(base_url)
        return cls(name, parts.hostname or "", f"{parts.scheme}://{parts.netloc}".lower())

    @property
    def is_possible(self) -> bool:
        """Say whether browsers make passkeys here: https or localhost, and never a number."""
        if not (self.origin.startswith("https://") or self.host == "localhost"):
            return False
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return True
        return False

    def options_to_create(
        self, challenge: bytes, *, handle: bytes, name: str, shown: str, known: list[str]
    ) -> dict[str, Any]:
        """Return what a browser makes a passkey from."""
        options, _state = self._server().register_begin(
            PublicKeyCredentialUserEntity(id=handle, name=name, display_name=shown),
            [_descriptor(credential_id) for credential_id in known],
            resident_key_requirement=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
            challenge=challenge,
        )
        return {**options.public_key, "timeout": TIMEOUT_MS}

    def options_to_sign(
        self, challenge: bytes, *, known: list[str] | None, verified: bool
    ) -> dict[str, Any]:
        """Return what a browser signs with; `known` is empty for whoever is not known yet."""
        options, _state = self._server().authenticate_begin(
            [_descriptor(credential_id) for credential_id in known] if known else None,
            user_verification=_verification(required=verified),
            challenge=challenge,
        )
        return {**options.public_key, "timeout": TIMEOUT_MS}

    def check_made(self, challenge: bytes, answer: str) -> Made:
        """Return the passkey that a browser made, or raise AnswerRefusedError."""
        try:
            response = RegistrationResponse.from_dict(_read(answer))
            if response.response.client_data.cross_origin:
                raise AnswerRefusedError
            data = self._server().register_complete(_state(challenge), response)
            credential = data.credential_data
            if credential is None or credential.public_key[3] not in ALGORITHMS:
                raise AnswerRefusedError
        except MALFORMED as error:
            raise AnswerRefusedError from error
        return Made(
            websafe_encode(credential.credential_id),
            bytes(credential),
            data.counter,
            _transports(answer),
            is_synced=bool(data.flags & data.FLAG.BACKUP_STATE),
        )

    def check_signed(
        self, challenge: bytes, answer: str, credential: bytes, *, verified: bool
    ) -> Signed:
        """Check a signature by one passkey, or raise AnswerRefusedError."""
        try:
            response = AuthenticationResponse.from_dict(_read(answer))
            if response.response.client_data.cross_origin:
                raise AnswerRefusedError
            self._server().authenticate_complete(
                _state(challenge, verified=verified),
                [AttestedCredentialData(credential)],
                response,
            )
            data = response.response.authenticator_data
        except MALFORMED as error:
            raise AnswerRefusedError from error
        return Signed(data.counter, data.is_user_verified())

    def _server(self) -> Fido2Server:
        server = Fido2Server(
            PublicKeyCredentialRpEntity(name=self.name, id=self.host),
            verify_origin=lambda origin: origin == self.origin,
        )
        server.allowed_algorithms = [
            item for item in server.allowed_algorithms if item.alg in ALGORITHMS
        ]
        return server


def id_and_handle(answer: str) -> tuple[str, str | None]:
    """Return which passkey an answer says it is from, and whose; nothing of it is proved yet."""
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        handle = response.response.user_handle
        return websafe_encode(response.raw_id), websafe_encode(handle) if handle else None
    except MALFORMED as error:
        raise AnswerRefusedError from error


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise AnswerRefusedError
    document = json.loads(answer)
    if not isinstance(document, dict):
        raise AnswerRefusedError
    return document


def _transports(answer: str) -> list[str]:
    """Return how the browser reaches the key: short words, kept to be given back to it."""
    response = _read(answer).get("response")
    named = response.get("transports") if isinstance(response, dict) else None
    known = {"usb", "nfc", "ble", "hybrid", "internal", "smart-card"}
    return [item for item in named if item in known] if isinstance(named, list) else []


def _descriptor(credential_id: str) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(credential_id)
    )


def _state(challenge: bytes, *, verified: bool = False) -> dict[str, Any]:
    return {
        "challenge": websafe_encode(challenge),
        "user_verification": _verification(required=verified),
    }


def _verification(*, required: bool) -> UserVerificationRequirement:
    kind = UserVerificationRequirement
    return kind.REQUIRED if required else kind.PREFERRED
