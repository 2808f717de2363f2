"""A small OpenID provider on loopback: real HTTP, real keys, and told to misbehave by tests."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "virtual-return"
CLIENT_SECRET = "a secret that only the two of us know"


@dataclass
class Provider:
    """What it says of the person who signs in there, and in which way it lies."""

    subject: str = "subject-1"
    email: str | None = "scholar@uni.example"
    email_verified: Any = True
    name: str = "Salma Scholar"
    # Overrides of claims, of the description, and of the header's algorithm; all hostile.
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    # Claims that only /userinfo tells.
    userinfo: dict[str, Any] = field(default_factory=dict)
    key_id: str = "one"
    signs_with_stranger: bool = False
    signs_with_none: bool = False
    sends_id_token: bool = True
    is_broken: bool = False
    # What is sent instead of "description" or "keys", and where the description leads.
    bodies: dict[str, str] = field(default_factory=dict)
    redirects_to: str = ""
    port: int = 0
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    requests: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of an application that trusts this provider."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_name": "University of Tests",
        }

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            **self.metadata,
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Sign the person in at once, and return where the browser goes."""
        self.requests.append(query)
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        answer = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Hand out an ID token once per code, to who holds the secret and the verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        verifier = form.get("code_verifier", "")
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or authorization != f"Basic {expected}"
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return None
        token = {"access_token": "access", "token_type": "Bearer", "expires_in": 60}
        return token | ({"id_token": self.id_token(asked["nonce"])} if self.sends_id_token else {})

    def id_token(self, nonce: str) -> str:
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": moment,
            "exp": moment + 300,
            "nonce": nonce,
            # As of a provider that is asked for an age, whose person has just signed in there.
            "auth_time": moment,
            "name": self.name,
            "email": self.email,
            "email_verified": self.email_verified,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.signs_with_none:
            parts = ({"alg": "none"}, claims)
            return ".".join(_encode(json.dumps(part).encode()) for part in parts) + "."
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.signs_with_stranger else self.key
        return jwt.encode({"alg": "RS256", "kid": self.key_id}, claims, key)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for a provider."""

    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        provider = self.provider
        if provider.is_broken:
            self._answer(503, {"error": "maintenance"})
        elif parts.path == "/.well-known/openid-configuration":
            if provider.redirects_to:
                self.send_response(302)
                self.send_header("Location", provider.redirects_to)
                self.end_headers()
                return
            self._answer(200, provider.description(), provider.bodies.get("description"))
        elif parts.path == "/keys" and "keys" in provider.bodies:
            self._answer(200, {}, provider.bodies["keys"])
        elif parts.path == "/keys":
            self._answer(200, {"keys": [provider.key.as_dict(private=False)]})
        elif parts.path == "/userinfo":
            told = {"sub": provider.subject, **provider.userinfo}
            self._answer(200, told, provider.bodies.get("userinfo"))
        elif parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorize(query))
            self.end_headers()
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        token = self.provider.exchange(form, self.headers.get("Authorization", ""))
        body = self.provider.bodies.get("token")
        self._answer(200 if token else 400, token or {"error": "invalid_grant"}, body)

    def _answer(self, status: int, document: dict[str, Any], body: str | None = None) -> None:
        raw = (json.dumps(document) if body is None else body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_arguments: object) -> None:
        """Stay silent: tests read what they need from the provider itself."""


def start(provider: Provider) -> ThreadingHTTPServer:
    """Serve a provider; the caller shuts the server down and closes it."""
    handler = type("BoundHandler", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.port = server.server_address[1]
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    return server
