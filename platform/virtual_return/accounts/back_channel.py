"""A provider says by itself that somebody left there (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import RequestException
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Identity, SignInSession, SpentToken, now
from virtual_return import audit
from virtual_return.accounts.oidc import ProviderAway
from virtual_return.accounts.providers.clients import Client, described
from virtual_return.accounts.providers.trusted import Trusted
from virtual_return.errors import DomainError
from virtual_return.security import hash_token

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Clocks differ, and messages may wait; longer than this nobody waits.
SKEW_S = 120
LONGEST_AGE_S = 600
LONGEST = 255


class LogoutRefused(DomainError):
    """The message is not a provider's word that somebody left."""

    status = HTTPStatus.BAD_REQUEST


@dataclass(frozen=True, slots=True)
class Logout:
    """Who left: a subject, one session of theirs at the provider, or both."""

    subject: str | None
    sid: str | None
    token_hash: str


def read(trusted: Trusted, message: str) -> Logout:
    """Return what a message says after every check; no database session may be open."""
    try:
        client, metadata = described(trusted)
        token = _verified(client, metadata, message)
    except (JoseError, ValueError) as error:
        raise LogoutRefused from error
    except (RequestException, RuntimeError) as error:
        raise ProviderAway from error
    claims, moment = token.claims, now().timestamp()
    audience = claims.get("aud")
    issued, expires = claims.get("iat"), claims.get("exp")
    holds = (
        token.header.get("typ", "logout+jwt").lower() in {"logout+jwt", "application/logout+jwt"}
        and claims.get("iss") == trusted.issuer
        and trusted.client_id in (audience if isinstance(audience, list) else [audience])
        and isinstance(issued, int | float)
        and moment - LONGEST_AGE_S < issued < moment + SKEW_S
        and (expires is None or (isinstance(expires, int | float) and expires > moment - SKEW_S))
        and isinstance(claims.get("events"), dict)
        and isinstance(claims["events"].get(EVENT), dict)
        # An ID token must never pass for this.
        and "nonce" not in claims
    )
    subject, sid, own_id = (_text(claims.get(name)) for name in ("sub", "sid", "jti"))
    if not holds or own_id is None or (subject is None and sid is None):
        raise LogoutRefused
    return Logout(subject, sid, hash_token(f"{trusted.issuer}\0{own_id}"))


def end_sessions(session: Session, trusted: Trusted, logout: Logout) -> int:
    """End the sessions that a message speaks of, once; return how many."""
    try:
        with session.begin_nested():
            session.add(
                SpentToken(
                    token_hash=logout.token_hash,
                    expires_at=now() + timedelta(seconds=LONGEST_AGE_S + SKEW_S),
                )
            )
    except IntegrityError as error:
        raise LogoutRefused from error
    of_issuer = select(Identity.id).where(Identity.issuer == trusted.issuer)
    if logout.subject is not None:
        of_issuer = of_issuer.where(Identity.subject == logout.subject)
    query = delete(SignInSession).where(SignInSession.identity_id.in_(of_issuer))
    if logout.sid is not None:
        named = SignInSession.provider_sid == logout.sid
        # Sessions whose name there was never told end with the person they belong to.
        nameless = SignInSession.provider_sid.is_(None) & (logout.subject is not None)
        query = query.where(named | nameless)
    gone = session.execute(query.returning(SignInSession.user_id)).scalars().all()
    for user_id in set(gone):
        audit.record(
            session,
            "account.signed_out_by_provider",
            actor_id=None,
            object_kind="user",
            object_id=user_id,
        )
    return len(gone)


def _verified(client: Client, metadata: dict[str, Any], message: str) -> jwt.Token:
    registry = JWSRegistry(
        algorithms=metadata["id_token_signing_alg_values_supported"], strict_check_header=False
    )
    try:
        return jwt.decode(message, KeySet.import_key_set(client.fetch_jwk_set()), registry=registry)
    except InvalidKeyIdError:
        keys = KeySet.import_key_set(client.fetch_jwk_set(force=True))
        return jwt.decode(message, keys, registry=registry)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST else None
