"""One Authlib client for each provider, with a description that is neither stale nor foreign.

Kept in each process: a description for an hour, keys until one is asked for that is not among
them, and then at most once a minute, so that forged key names cannot make us ask a provider on.
"""

from __future__ import annotations

import json
import socket
import time
from typing import Any, cast
from urllib.parse import urlsplit

from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import current_app
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet

from virtual_return.accounts.providers.trusted import Trusted
from virtual_return.config import Settings
from virtual_return.logs import get_logger
from virtual_return.reference.public_addresses import is_public
from virtual_return.services import services

EXTENSION = "oidc_clients"
TIMEOUT_S = 10
DESCRIPTION_LASTS_S = 3600
KEYS_ASKED_EVERY_S = 60
SIGNATURES = frozenset(
    "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split()  # noqa: SIM905
)
LARGEST_BYTES = 500_000
# A provider that is down is not asked again at once by everybody who comes.
AWAY_LASTS_S = 15
# What of a description may reach Authlib, which takes other words of it for settings of ours.
FLAGS = (
    "authorization_response_iss_parameter_supported",
    "id_token_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MAY_BE_THERE = ("userinfo_endpoint", "end_session_endpoint")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Client(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's client of one provider."""

    def __init__(self, trusted: Trusted) -> None:
        name = f"at-{trusted.key}"
        super().__init__(
            FlaskIntegration(name),
            name=name,
            client_id=trusted.client_id,
            client_secret=trusted.client_secret,
            server_metadata_url=trusted.issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": trusted.scopes,
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
            },
            compliance_fix=_follow_nothing,
        )
        self.offers_pkce = True
        self.made_at = time.monotonic()
        self.away_until = 0.0
        self._keys_asked_at = -float(KEYS_ASKED_EVERY_S)

    def fetch_jwk_set(self, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - as in Authlib
        """Return the provider's keys; one that is not among them is looked for now and then."""
        if self.server_metadata.get("jwks") and not force:
            return self.server_metadata["jwks"]
        if force:
            if time.monotonic() - self._keys_asked_at < KEYS_ASKED_EVERY_S:
                get_logger().warning("oidc_keys_asked_too_often")
                return self.server_metadata.get("jwks") or {"keys": []}
            self._keys_asked_at = time.monotonic()
        keys = self._read(str(self.load_server_metadata()["jwks_uri"]))
        try:
            KeySet.import_key_set(cast(Any, keys))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise RuntimeError("keys") from error
        self.server_metadata["jwks"] = keys
        return keys

    def load_server_metadata(self) -> dict[str, Any]:
        """Return the provider's description: what we know of it, and nothing else."""
        if "_loaded_at" not in self.server_metadata:
            said = self._read(str(self._server_metadata_url))
            methods = said.get("code_challenge_methods_supported")
            self.offers_pkce = not isinstance(methods, list) or "S256" in methods
            names = ("issuer", *ENDPOINTS, *MAY_BE_THERE, *FLAGS)
            self.server_metadata.update({name: said[name] for name in names if name in said})
            self.server_metadata["_loaded_at"] = time.time()
        metadata: dict[str, Any] = self.server_metadata
        return metadata

    def parse_id_token(self, token: Any, nonce: Any, **options: Any) -> Any:
        """Read an ID token; one that no key fits may be signed with a new one of the same name."""
        try:
            return super().parse_id_token(token, nonce, **options)
        except BadSignatureError:
            self.fetch_jwk_set(force=True)
            return super().parse_id_token(token, nonce, **options)

    def _read(self, address: str) -> dict[str, Any]:
        """Return an object that a provider publishes; raise RuntimeError for anything else."""
        require_public(address, services().settings)
        with self._get_session() as session:
            _follow_nothing(session)
            answer = session.request("GET", address, withhold_token=True, stream=True)
            answer.raise_for_status()
            body = answer.raw.read(LARGEST_BYTES + 1, decode_content=True)
        if len(body) > LARGEST_BYTES:
            raise RuntimeError("too_long")
        said = json.loads(body)
        if not isinstance(said, dict):
            raise RuntimeError("no_object")
        return said


def _follow_nothing(session: Any) -> None:
    """Let a redirect be an error: it would lead past every check of an address."""
    session.max_redirects = 0


def require_public(address: str, settings: Settings) -> None:
    """Raise RuntimeError in production for a host that is not of the public internet."""
    if not settings.is_production:
        return
    host = urlsplit(address).hostname or ""
    try:
        found = {item[4][0] for item in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise RuntimeError("unknown_host") from error
    if not found or not all(is_public(str(one)) for one in found):
        raise RuntimeError("private_address")


def client_of(trusted: Trusted) -> Client:
    """Return the client of a provider, made anew when the provider or the hour changed."""
    clients: dict[str, tuple[str, Client]] = current_app.extensions.setdefault(EXTENSION, {})
    version, client = clients.get(trusted.key, ("", None))
    is_old = client is not None and time.monotonic() - client.made_at > DESCRIPTION_LASTS_S
    if client is None or version != trusted.version or is_old:
        client = Client(trusted)
        clients[trusted.key] = (trusted.version, client)
    return client


def forget(trusted: Trusted) -> None:
    """Forget what is kept of a provider, so that the next use asks it again."""
    current_app.extensions.get(EXTENSION, {}).pop(trusted.key, None)


def described(trusted: Trusted) -> tuple[Client, dict[str, Any]]:
    """Return the client and the description of a provider.

    Raise RuntimeError for one that speaks for another issuer or leads to unsafe addresses, and
    what requests raises where nobody answers. The algorithms are narrowed to real signatures,
    whatever the description offers.
    """
    client = client_of(trusted)
    if time.monotonic() < client.away_until:
        raise RuntimeError("away")
    try:
        metadata = client.load_server_metadata()
    except (OSError, ValueError, RuntimeError):
        client.away_until = time.monotonic() + AWAY_LASTS_S
        raise
    problem = problem_of(trusted, metadata, services().settings)
    if problem:
        forget(trusted)
        get_logger().error("oidc_description_refused", provider=trusted.key, problem=problem)
        raise RuntimeError(problem)
    metadata["id_token_signing_alg_values_supported"] = _signatures(metadata)
    # Authlib itself asks these two.
    for name in ("token_endpoint", "userinfo_endpoint"):
        if metadata.get(name):
            require_public(metadata[name], services().settings)
    return client, metadata


def problem_of(trusted: Trusted, metadata: dict[str, Any], settings: Settings) -> str:
    """Return what is wrong with a provider's description in a word, or an empty text."""
    if metadata.get("issuer") != trusted.issuer:
        return "another_issuer"
    missing = [name for name in ENDPOINTS if not isinstance(metadata.get(name), str)]
    if missing:
        return f"without_{missing[0]}"
    there = [metadata[name] for name in (*ENDPOINTS, *MAY_BE_THERE) if metadata.get(name)]
    if not all(is_safe(address, settings) for address in there):
        return "unsafe_address"
    # Without one of these Authlib's library would fall back to secrets shared with the client.
    return "" if _signatures(metadata) else "without_signatures"


def _signatures(metadata: dict[str, Any]) -> list[str]:
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    names = offered if isinstance(offered, list) else []
    return [name for name in names if isinstance(name, str) and name in SIGNATURES]


def is_safe(address: object, settings: Settings) -> bool:
    """Say whether an address may be asked: https, or loopback where nothing is real."""
    try:
        parts = urlsplit(str(address))
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username or parts.password or not host:
        return False
    is_loopback = host in LOOPBACK and not settings.is_production
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback)
