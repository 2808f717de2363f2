"""Sign-in at a provider through Authlib: discovery, code flow, PKCE, state, nonce.

Authlib checks signature, state, nonce, audience, expiry and issuer of the ID token. What it leaves
to us is here: that each provider has a callback of its own, that the answer comes from it
(RFC 9207), that a signature is asked for, that an ID token is there at all, and how far a
provider's word for an address goes. No database session may be open while it is asked.
"""

from __future__ import annotations

import time
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
# Clocks differ.
SKEW_S = 60
# A session there that is older than a day does not open one here.
SESSION_THERE_S = 86_400
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
    # Seconds since 1970: whoever links proves there, after this, who they are.
    began_at: float = 0.0


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
        began_at=time.time(),
        **started,
    )
    return str(started["url"])


def finish(trusted: Trusted) -> tuple[Claims, Attempt]:
    """Return who came back and what for, after every check."""
    if not has_attempt(trusted):
        # Before the provider is asked: strangers must not make us wait for it.
        raise AnswerRefused
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
    except (RequestException, ValueError, RuntimeError, TypeError, AttributeError) as error:
        # Among them: an answer that is no object, or not of the types that it should have.
        raise _away(trusted, error) from error
    attempt = Attempt(
        remembered.get("next_path", ""),
        remembered.get("is_shared", False),
        remembered.get("links_to", ""),
        remembered.get("began_at", 0.0),
    )
    if attempt.links_to and (claims.authenticated_at or 0.0) < attempt.began_at - SKEW_S:
        # It let somebody through whom it knew from before, or does not say when they came.
        raise AnswerRefused("not_fresh")
    return claims, attempt


def has_attempt(trusted: Trusted) -> bool:
    """Say whether this browser began what an answer names."""
    state = request.args.get("state", "")
    return bool(state) and f"{STATE_PREFIX}{trusted.key}_{state}" in session


def drop_attempt(trusted: Trusted) -> None:
    """Forget what an answer ended, such as a no."""
    session.pop(f"{STATE_PREFIX}{trusted.key}_{request.args.get('state', '')}", None)


def _wishes(trusted: Trusted, attempt: Attempt) -> dict[str, str]:
    # A provider that is asked for an age says when somebody proved there who they are.
    wishes = {"max_age": "0" if attempt.links_to else str(SESSION_THERE_S)}
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
    more = _more(client, token, subject) if asked_again else {}
    said = {**more, **known}
    # The address and the word for it come from one place.
    told = known if "email" in known else more
    given = normalise(str(told.get("email") or "")) or ""
    is_sure = bool(given) and trusted.confirms(told) and trusted.may_vouch_for(given)
    moment = known.get("auth_time")
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
        authenticated_at=float(moment) if isinstance(moment, int | float) else None,
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
    except (RequestException, AuthlibBaseError, ValueError, TypeError) as error:
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
