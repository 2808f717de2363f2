"""Sign-in at a provider through Authlib: discovery, code flow, PKCE, state, nonce.

Authlib checks signature, state, nonce, audience, expiry and issuer of the ID token. What it leaves
to us is here: that each provider has a callback of its own, that the answer comes from it
(RFC 9207), that a signature is asked for, that an ID token is there at all, and how far a
provider's word for an address goes. No database session may be open while it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from authlib.common.errors import AuthlibBaseError
from flask import request, session
from joserfc.errors import JoseError
from requests import RequestException

from models.choices import ProviderPreset
from virtual_return.accounts import affiliations
from virtual_return.accounts.addresses import normalise
from virtual_return.accounts.identities import Claims
from virtual_return.accounts.providers.clients import Client, described
from virtual_return.accounts.providers.trusted import OF_SETTINGS, Trusted
from virtual_return.addresses import absolute_url
from virtual_return.errors import DomainError
from virtual_return.logs import get_logger

# An attempt keeps about 500 bytes in the cookie, which holds 4 KB.
MAXIMUM_ATTEMPTS = 3
LONGEST = 255
STATE_PREFIX = "_state_at-"


class ProviderAway(DomainError):
    """The provider does not answer, or not as it should."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class AnswerRefused(DomainError):
    """What came back does not belong to what this browser began."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, cause: str = "no_attempt") -> None:
        super().__init__()
        # A word for the audit trail.
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a browser began, remembered under the state that only it knows."""

    next_path: str = ""
    is_shared: bool = False
    # Hash of the session that wants the provider's account linked; empty: a sign-in.
    links_to: str = ""


def callback_of(trusted: Trusted) -> str:
    """Return where this provider, and no other, sends people back to."""
    if trusted.key == OF_SETTINGS:
        return absolute_url("accounts.oidc_callback")
    return absolute_url("accounts.provider_callback", key=trusted.key)


def begin(trusted: Trusted, attempt: Attempt) -> str:
    """Return the provider's address to go to."""
    try:
        client, _ = described(trusted)
        redirect_uri = callback_of(trusted)
        started = client.create_authorization_url(redirect_uri, **_wishes(trusted, attempt))
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as error:
        raise _away(trusted, error) from error
    _drop_old_attempts()
    client.save_authorize_data(
        redirect_uri=redirect_uri,
        next_path=attempt.next_path,
        is_shared=attempt.is_shared,
        links_to=attempt.links_to,
        **started,
    )
    return str(started["url"])


def finish(trusted: Trusted) -> tuple[Claims, Attempt]:
    """Return who came back and what for, after every check."""
    try:
        client, metadata = described(trusted)
    except (RequestException, ValueError, RuntimeError) as error:
        raise _away(trusted, error) from error
    remembered = client.framework.get_state_data(session, request.args.get("state"))
    if not remembered or not remembered.get("nonce"):
        raise AnswerRefused
    try:
        _check_issuer_of_answer(trusted, metadata)
        claims = _claims(trusted, client, client.authorize_access_token())
    except (JoseError, AuthlibBaseError) as error:
        get_logger().warning("oidc_answer_refused", error=type(error).__name__)
        raise AnswerRefused(type(error).__name__) from error
    except (RequestException, ValueError, RuntimeError) as error:
        raise _away(trusted, error) from error
    attempt = Attempt(
        remembered.get("next_path", ""),
        remembered.get("is_shared", False),
        remembered.get("links_to", ""),
    )
    return claims, attempt


def _wishes(trusted: Trusted, attempt: Attempt) -> dict[str, str]:
    wishes: dict[str, str] = {}
    if trusted.preset is ProviderPreset.GOOGLE and trusted.organisation:
        wishes["hd"] = trusted.organisation
    if attempt.links_to:
        # Whoever links proves anew there who they are, whatever session that browser has.
        wishes["prompt"] = "login"
    return wishes


def _check_issuer_of_answer(trusted: Trusted, metadata: dict[str, Any]) -> None:
    """Hold the answer to RFC 9207, so that two providers cannot be mixed up."""
    named = request.args.get("iss")
    must = metadata.get("authorization_response_iss_parameter_supported") is True
    if (named is not None or must) and named != trusted.issuer:
        raise AnswerRefused("issuer_mixed_up")


def _claims(trusted: Trusted, client: Client, token: dict[str, Any]) -> Claims:
    known = token.get("userinfo")
    if not known:
        raise AnswerRefused("no_id_token")
    issuer, subject = str(known["iss"]), known["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or len(issuer) > LONGEST:
        raise AnswerRefused("subject")
    if not trusted.is_of_organisation(known):
        raise AnswerRefused("another_organisation")
    asked_again = "email" not in known or trusted.affiliation_claim not in {"", *known}
    said = {**_more(client, token, subject), **known} if asked_again else known
    given = normalise(str(said.get("email") or "")) or ""
    is_sure = bool(given) and trusted.confirms(said) and trusted.may_vouch_for(given)
    places = (
        affiliations.read(said.get(trusted.affiliation_claim)) if trusted.affiliation_claim else ()
    )
    sid = known.get("sid")
    return Claims(
        issuer,
        subject,
        given if is_sure else None,
        _name(said)[:200],
        affiliations=places,
        vouched=frozenset(
            domain for domain in map(affiliations.domain_of, places) if trusted.speaks_for(domain)
        ),
        sid=sid if isinstance(sid, str) and len(sid) <= LONGEST else None,
    )


def _name(said: dict[str, Any]) -> str:
    parts = (str(said.get(key) or "") for key in ("given_name", "family_name"))
    return " ".join((str(said.get("name") or "") or " ".join(parts)).split())


def _more(client: Client, token: dict[str, Any], subject: str) -> dict[str, Any]:
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
    attempts = sorted(
        (key for key in session if key.startswith(STATE_PREFIX)),
        key=lambda key: session[key]["exp"],
    )
    for key in attempts[: max(0, len(attempts) - MAXIMUM_ATTEMPTS + 1)]:
        session.pop(key)


def _away(trusted: Trusted, error: Exception) -> ProviderAway:
    get_logger().warning("oidc_provider_away", provider=trusted.key, error=type(error).__name__)
    return ProviderAway()
