"""What protects every answer: headers, cookies, forged requests, limits, safe redirects."""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from urllib.parse import urlsplit

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from virtual_return.config import Settings

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


def install(app: Flask, settings: Settings, redis_url: str) -> None:
    """Put the protections on an application."""
    secure = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.maximum_request_bytes,
        MAX_FORM_MEMORY_SIZE=settings.maximum_request_bytes,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,
        # Over https it would ask for a Referer, which our own Referrer-Policy keeps browsers from
        # sending; tokens and a `__Host-` cookie that is SameSite do this work.
        WTF_CSRF_SSL_STRICT=False,
        # The limiter's library names the Unix socket of a Redis in its own way.
        RATELIMIT_STORAGE_URI=redis_url.replace("unix://", "redis+unix://") or "memory://",
        # Fail open into memory when Redis is away: people can still sign in, slower attackers too.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_ENABLED=settings.environment != "test",
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_begin_request)
    app.after_request(lambda response: _protect(response, secure=secure))
    app.jinja_env.globals["csp_nonce"] = lambda: g.get("csp_nonce", "")


def _begin_request() -> None:
    g.request_id = uuid.uuid4().hex
    g.csp_nonce = secrets.token_urlsafe(16)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _protect(response: Response, *, secure: bool) -> Response:
    nonce = g.get("csp_nonce") or secrets.token_urlsafe(16)
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "connect-src 'self'; font-src 'self'; img-src 'self' data:; manifest-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; script-src 'self' 'nonce-{nonce}'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static" and "Cache-Control" not in headers:
        # Pages may hold what only this person may see, on a phone that is shared.
        headers["Cache-Control"] = "no-store"
    return response


def safe_path(target: str | None, default: str = "/") -> str:
    """Return a path on this site, or the default when the target leads anywhere else."""
    if not target or len(target) > 500:
        return default
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(character) < 32 or character == "\\" for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def hash_token(token: str) -> str:
    """Return what is stored of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return a secret of 256 bits for a link or a cookie."""
    return secrets.token_urlsafe(32)


class SignatureError(ValueError):
    """A signed link was changed, or made for something else."""


def sign(secret: str, purpose: str, value: str) -> str:
    """Return a value that only we could have written, for one purpose."""
    return str(URLSafeSerializer(secret, salt=purpose).dumps(value))


def unsign(secret: str, purpose: str, signed: str) -> str:
    """Return the value that was signed, or raise SignatureError."""
    try:
        return str(URLSafeSerializer(secret, salt=purpose).loads(signed))
    except BadSignature as error:
        raise SignatureError("The signature does not fit.") from error


def seal(secret: str, context: str, number: int) -> str:
    """Return an opaque handle of a row that means nothing outside its context.

    The same row has another handle in every other context, so that an anonymous person cannot be
    followed from one need to the next (AES-SIV, RFC 5297).
    """
    sealed = AESSIV(_key(secret)).encrypt(number.to_bytes(8, "big"), [context.encode()])
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(secret: str, context: str, handle: str) -> int:
    """Return the row's number, or raise SignatureError for a handle of anything else."""
    try:
        sealed = base64.urlsafe_b64decode(handle + "=" * (-len(handle) % 4))
        return int.from_bytes(AESSIV(_key(secret)).decrypt(sealed, [context.encode()]), "big")
    except (InvalidTag, ValueError) as error:
        raise SignatureError("The handle does not fit.") from error


def encrypt(secret: str, purpose: str, text: str) -> str:
    """Return a text that only this programme reads again, for one purpose (Fernet)."""
    return _vault(secret, purpose).encrypt(text.encode()).decode()


def decrypt(secret: str, purpose: str, sealed: str) -> str:
    """Return what was encrypted, or raise SignatureError: other key, other purpose, or damage."""
    try:
        return _vault(secret, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SignatureError("This was encrypted with another key.") from error


def _vault(secret: str, purpose: str) -> Fernet:
    key = hashlib.sha256(f"virtual-return {purpose}\0{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _key(secret: str) -> bytes:
    return hashlib.sha512(b"virtual-return handles\0" + secret.encode()).digest()
