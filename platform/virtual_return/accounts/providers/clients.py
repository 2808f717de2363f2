"""One Authlib client for each provider, with a description that is neither stale nor foreign.

Kept in each process: a description for an hour, keys until one is asked for that is not among
them, and then at most once a minute, so that forged key names cannot make us ask a provider on.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import current_app

from virtual_return.accounts.providers.trusted import Trusted
from virtual_return.config import Settings
from virtual_return.logs import get_logger
from virtual_return.services import services

EXTENSION = "oidc_clients"
TIMEOUT_S = 10
DESCRIPTION_LASTS_S = 3600
KEYS_ASKED_EVERY_S = 60
SIGNATURES = frozenset(
    "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split()  # noqa: SIM905
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
        )
        self.made_at = time.monotonic()
        self._keys_asked_at = -float(KEYS_ASKED_EVERY_S)

    def fetch_jwk_set(self, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - as in Authlib
        """Return the provider's keys; one that is not among them is looked for now and then."""
        if force:
            if time.monotonic() - self._keys_asked_at < KEYS_ASKED_EVERY_S:
                get_logger().warning("oidc_keys_asked_too_often")
                return super().fetch_jwk_set()
            self._keys_asked_at = time.monotonic()
        return super().fetch_jwk_set(force=force)


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
    metadata: dict[str, Any] = client.load_server_metadata()
    problem = problem_of(trusted, metadata, services().settings)
    if problem:
        forget(trusted)
        get_logger().error("oidc_description_refused", provider=trusted.key, problem=problem)
        raise RuntimeError(problem)
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [
        name for name in offered if name in SIGNATURES
    ]
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
    return ""


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
