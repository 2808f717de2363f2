"""Settings: one frozen dataclass, read from the environment once and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ("en", "fr", "ar", "es", "pt")
MINIMUM_SECRET_LENGTH = 32
DEVELOPMENT_SECRET = "only-for-development-never-in-production"  # noqa: S105


class SettingsError(ValueError):
    """A setting is missing, malformed or unsafe; the message says what to do."""


def setting(default: Any, help: str, *, secret: bool = False, group: str = "General") -> Any:
    """Declare one setting: its default, and the sentence that documents it."""
    return field(default=default, metadata={"help": help, "secret": secret, "group": group})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations."""

    environment: Literal["development", "test", "production"] = setting(
        "development",
        "`production` refuses to start unsafe and never shows demonstration sign-ins.",
    )
    secret_key: str = setting(
        DEVELOPMENT_SECRET,
        "Signs cookies and links. Make one with "
        '`python -c "import secrets; print(secrets.token_urlsafe(48))"`.',
        secret=True,
    )
    base_url: str = setting(
        "http://127.0.0.1:8000", "The address that people open; links in mail begin with it."
    )
    programme_name: str = setting("Virtual Return", "The name shown in pages and mail.")
    port: int = setting(8000, "The port that `virtual-return dev` serves on.")
    trusted_proxies: int = setting(
        0, "How many reverse proxies stand before the application and set X-Forwarded headers."
    )
    maximum_request_bytes: int = setting(
        1_000_000, "Larger requests are refused with 413.", group="Limits"
    )
    sign_in_limit: str = setting(
        "10 per hour", "Sign-in links that one address or one e-mail may ask for.", group="Limits"
    )
    invitation_limit: str = setting(
        "30 per day", "Invitations that one member may send.", group="Limits"
    )

    institution_approvals: int = setting(
        1,
        "How many different coordinators have to approve an institution: 1 or 2.",
        group="Institutions",
    )
    evidence_kept_days: int = setting(
        30,
        "Days after a decision for which the documents that it was about are kept.",
        group="Institutions",
    )

    data_dir: Path = setting(
        ROOT / "var", "Run-time data: SQLite file, index generations, embedded Redis.", group="Data"
    )
    database_url: str = setting(
        "",
        "PostgreSQL as `postgresql+psycopg://…`; empty means SQLite in DATA_DIR.",
        secret=True,
        group="Data",
    )
    redis_url: str = setting(
        "",
        "A Redis or Valkey server; empty starts an embedded one in DATA_DIR.",
        secret=True,
        group="Data",
    )

    encoder: str = setting(
        "default",
        "The text encoder: `default` (carried by installed packages), or the name or path of any "
        "sentence-transformers model.",
        group="Matching",
    )
    encoder_threads: int = setting(
        1, "Threads that the worker gives to the encoder.", group="Matching"
    )
    encoder_device: str = setting(
        "cpu",
        "`cpu`, where the default encoder runs through ONNX Runtime; `auto` takes a GPU where "
        "PyTorch sees one; or a device of PyTorch, such as `cuda:1`.",
        group="Matching",
    )

    mail_url: str = setting(
        "",
        "`smtp://user:password@host:587`, `smtps://…`, or empty to write mail to DATA_DIR/mail.",
        secret=True,
        group="Mail",
    )
    mail_from: str = setting(
        "Virtual Return <no-reply@example.org>", "The sender of every mail.", group="Mail"
    )
    digest_hour_utc: int = setting(
        6, "The hour, in UTC, at which the daily round of digests begins.", group="Mail"
    )

    oidc_issuer: str = setting(
        "",
        "Issuer of one OpenID Connect provider; empty shows only the e-mail link.",
        group="Sign-in",
    )
    oidc_client_id: str = setting("", "Client id at that provider.", group="Sign-in")
    oidc_client_secret: str = setting(
        "", "Client secret at that provider.", secret=True, group="Sign-in"
    )
    oidc_name: str = setting(
        "University account", "What the button of that provider says.", group="Sign-in"
    )
    orcid_issuer: str = setting(
        "https://orcid.org",
        "Issuer of ORCID sign-ins; whoever signed in there can have their public record read.",
        group="Sign-in",
    )
    orcid_api_url: str = setting(
        "https://pub.orcid.org/v3.0", "Where public ORCID records are read.", group="Sign-in"
    )
    coordinator_emails: str = setting(
        "",
        "Comma-separated addresses whose owners become coordinators when they sign in.",
        group="Sign-in",
    )

    metrics: bool = setting(False, "Serve Prometheus metrics at /metrics.", group="Operation")
    metrics_token: str = setting(
        "",
        "Bearer token that /metrics asks for; empty lets loopback alone read it.",
        secret=True,
        group="Operation",
    )
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR.", group="Operation")

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'virtual-return.sqlite'}"

    @property
    def shows_demonstration(self) -> bool:
        return not self.is_production


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read every setting from the environment, then refuse an unsafe production."""
    source = os.environ if environ is None else environ
    hints = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for item in fields(Settings):
        raw = _raw_value(item.name.upper(), source)
        if raw is not None:
            values[item.name] = _parse(item.name.upper(), raw, hints[item.name])
    settings = Settings(**values)
    if settings.is_production:
        _refuse_unsafe(settings)
    return settings


def _raw_value(name: str, source: Mapping[str, str]) -> str | None:
    """Return NAME, or the content of the file that NAME_FILE points at."""
    file_name = source.get(f"{name}_FILE")
    if name in source and file_name:
        raise SettingsError(f"Both {name} and {name}_FILE are set: keep one of them.")
    if not file_name:
        return source.get(name)
    try:
        return Path(file_name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE cannot be read: {error}.") from error


def _parse(name: str, raw: str, kind: Any) -> Any:
    if kind is bool:
        if raw.lower() not in ("true", "false"):
            raise SettingsError(f"{name} is {raw!r}: write true or false.")
        return raw.lower() == "true"
    if kind is int:
        if not raw.isascii() or not raw.isdigit():
            raise SettingsError(f"{name} is {raw!r}: write a whole number.")
        return int(raw)
    if kind is Path:
        return Path(raw).expanduser().resolve()
    if get_origin(kind) is Literal and raw not in get_args(kind):
        raise SettingsError(f"{name} is {raw!r}: write one of {', '.join(get_args(kind))}.")
    return raw


def _refuse_unsafe(settings: Settings) -> None:
    """Raise with every remedy at once, so that nobody restarts five times."""
    faults: list[str] = []
    secret = settings.secret_key
    if secret == DEVELOPMENT_SECRET or len(secret) < MINIMUM_SECRET_LENGTH:
        faults.append(
            "SECRET_KEY is the default or shorter than 32 characters. Make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe(48))"`.'
        )
    if not settings.base_url.startswith("https://"):
        faults.append("BASE_URL must begin with https:// so that cookies and links are safe.")
    if not settings.mail_url:
        faults.append("MAIL_URL is empty: people could not sign in. Name your SMTP server.")
    if settings.oidc_issuer and not settings.oidc_issuer.startswith("https://"):
        faults.append("OIDC_ISSUER must begin with https://.")
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        faults.append("OIDC_ISSUER is set: set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET too.")
    if faults:
        raise SettingsError("Refusing to start in production:\n- " + "\n- ".join(faults))
