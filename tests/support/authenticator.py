"""A passkey in software: makes keys and signs challenges as a browser with a phone does."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, BACKED_UP, WITH_KEY = 0x01, 0x04, 0x18, 0x40


@dataclass
class Authenticator:
    """One key; tests change its fields to answer wrongly."""

    origin: str = "http://localhost"
    host: str = "localhost"
    verifies: bool = True
    is_synced: bool = False
    count: int = 0
    # Real ones count up by themselves; one that is kept in step between devices does not.
    counts: bool = True
    cross_origin: bool = False
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: str | None = None
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> str:
        """Return what a browser answers to a request for a new passkey."""
        self.handle = options["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(WITH_KEY) + attested + public
        return self._answer(
            self._client("webauthn.create", options["challenge"]),
            attestationObject=websafe_encode(
                cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
            ),
            transports=["internal", "carrier-pigeon"],
        )

    def sign(self, options: dict[str, Any], *, kind: str = "webauthn.get") -> str:
        """Return what a browser answers to a request for a signature."""
        if self.counts:
            self.count += 1
        client, data = self._client(kind, options["challenge"]), self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            client,
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=self.handle,
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        document = {
            "type": kind,
            "challenge": websafe_encode(websafe_decode(challenge)),
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return json.dumps(document).encode()

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT
        flags |= VERIFIED if self.verifies else 0
        flags |= BACKED_UP if self.is_synced else 0
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, client: bytes, **response: Any) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": {"clientDataJSON": websafe_encode(client), **response},
                "clientExtensionResults": {},
            }
        )
