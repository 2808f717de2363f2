"""One OpenID Connect provider through Authlib: discovery, code flow, PKCE, state, nonce.

Authlib checks signature, state, nonce, audience, expiry and issuer of the ID token. What it leaves
to us is here: that discovery speaks for the issuer that the settings name, that the answer comes
from it (RFC 9207), that a signature is asked for, and that an ID token is there at all.
No database session may be open while the provider is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, request, session
from joserfc.errors import JoseError
from requests import RequestException

from virtual_return.accounts.addresses import normalise
from virtual_return.accounts.identities import Claims
from virtual_return.addresses import absolute_url
from virtual_return.errors import DomainError
from virtual_return.logs import get_logger
from virtual_return.services import services

EXTENSION = "oidc_client"
CLIENT = "provider"
TIMEOUT_S = 10
# An attempt keeps about 500 bytes in the cookie, which holds 4 KB.
MAXIMUM_ATTEMPTS = 3
LONGEST = 255
SIGNATURES = frozenset(
    "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split()  # noqa: SIM905
)


class ProviderAway(DomainError):
    """The provider does not answer, or not as it should."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class AnswerRefused(DomainError):
    """What came back does not belong to what this browser began."""

    status = HTTPStatus.BAD_REQUEST


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a browser began, remembered under the state that only it knows."""

    next_path: str = ""
    is_shared: bool = False
    # Hash of the session that wants the provider's account linked; empty: a sign-in.
    links_to: str = ""


def install(app: Flask) -> None:
    """Make the client where the settings name a provider; asks it nothing yet."""
    settings = app.extensions["services"].settings
    if not settings.oidc_issuer:
        return
    app.extensions[EXTENSION] = OAuth(app).register(
        CLIENT,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
        },
    )


def is_configured() -> bool:
    """Say whether there is a provider to sign in with."""
    return EXTENSION in current_app.extensions


def begin(attempt: Attempt) -> str:
    """Return the provider's address to go to."""
    client = _client()
    try:
        _discover(client)
        redirect_uri = absolute_url("accounts.oidc_callback")
        started = client.create_authorization_url(redirect_uri)
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as error:
        raise _away(error) from error
    _drop_old_attempts()
    client.save_authorize_data(
        redirect_uri=redirect_uri,
        next_path=attempt.next_path,
        is_shared=attempt.is_shared,
        links_to=attempt.links_to,
        **started,
    )
    return str(started["url"])


def finish() -> tuple[Claims, Attempt]:
    """Return who came back and what for, after every check."""
    client = _client()
    remembered = client.framework.get_state_data(session, request.args.get("state"))
    if not remembered or not remembered.get("nonce"):
        raise AnswerRefused
    try:
        _discover(client)
        _check_issuer_of_answer(client)
        token = client.authorize_access_token()
        claims = _claims(client, token)
    except (JoseError, AuthlibBaseError) as error:
        get_logger().warning("oidc_answer_refused", error=type(error).__name__)
        raise AnswerRefused from error
    except (RequestException, ValueError, RuntimeError) as error:
        raise _away(error) from error
    attempt = Attempt(
        remembered.get("next_path", ""),
        remembered.get("is_shared", False),
        remembered.get("links_to", ""),
    )
    return claims, attempt


def _client() -> Any:
    """Return Authlib's client, which carries no types."""
    return current_app.extensions[EXTENSION]


def _discover(client: Any) -> None:
    """Load the provider's description, and refuse one that speaks for another issuer.

    The algorithms are narrowed to real signatures, whatever the description offers.
    """
    metadata = client.load_server_metadata()
    issuer = services().settings.oidc_issuer
    if metadata.get("issuer") != issuer:
        client.server_metadata.pop("_loaded_at", None)
        get_logger().error("oidc_issuer_differs", remedy="Set OIDC_ISSUER to the exact issuer.")
        raise RuntimeError("The provider's description is of another issuer.")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [
        name for name in offered if name in SIGNATURES
    ]


def _check_issuer_of_answer(client: Any) -> None:
    """Hold the answer to RFC 9207, so that two providers cannot be mixed up."""
    named = request.args.get("iss")
    must = client.server_metadata.get("authorization_response_iss_parameter_supported") is True
    if (named is not None or must) and named != services().settings.oidc_issuer:
        raise AnswerRefused


def _claims(client: Any, token: dict[str, Any]) -> Claims:
    known = token.get("userinfo")
    if not known:
        raise AnswerRefused
    issuer, subject = str(known["iss"]), known["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or len(issuer) > LONGEST:
        raise AnswerRefused
    if "email" not in known:
        known = {**known, **_more(client, token, subject)}
    email = str(known.get("email") or "") if known.get("email_verified") is True else ""
    name = " ".join(str(known.get("name") or "").split())
    return Claims(issuer, subject, normalise(email) if email else None, name[:200])


def _more(client: Any, token: dict[str, Any], subject: str) -> dict[str, Any]:
    """Return what the provider tells only when asked again; nothing where that fails.

    Somebody known needs none of it, and a newcomer is told that an address is missing.
    """
    if not client.server_metadata.get("userinfo_endpoint"):
        return {}
    # Without its expiry, which Authlib would hold to its own clock and margin.
    bearer = {"access_token": token.get("access_token"), "token_type": "Bearer"}
    try:
        more = dict(client.userinfo(token=bearer))
    except (RequestException, AuthlibBaseError, ValueError) as error:
        get_logger().warning("oidc_userinfo_failed", error=type(error).__name__)
        return {}
    # OpenID Connect Core 5.3.2: an answer about another subject must not be used.
    return more if more.get("sub") == subject else {}


def _drop_old_attempts() -> None:
    """Keep the newest attempts of this browser, so that its cookie stays small."""
    prefix = f"_state_{CLIENT}_"
    attempts = sorted(
        (key for key in session if key.startswith(prefix)), key=lambda key: session[key]["exp"]
    )
    for key in attempts[: max(0, len(attempts) - MAXIMUM_ATTEMPTS + 1)]:
        session.pop(key)


def _away(error: Exception) -> ProviderAway:
    get_logger().warning("oidc_provider_away", error=type(error).__name__)
    return ProviderAway()
