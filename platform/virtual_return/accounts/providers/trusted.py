"""A provider as signing in needs it, whether a row or the settings name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from models import Provider
from models.choices import ProviderPreset
from virtual_return.config import LOCALES, Settings
from virtual_return.logs import get_logger
from virtual_return.security import SignatureError, decrypt

# In addresses, the provider that the settings name.
OF_SETTINGS = "settings"
SECRET = "provider client secret"  # noqa: S105 - the purpose of a key, not a key
EDOV = "xms_edov"


@dataclass(frozen=True, slots=True)
class Trusted:
    """One provider, and how far its word goes."""

    key: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    names: Mapping[str, str]
    preset: ProviderPreset = ProviderPreset.CUSTOM
    domains: tuple[str, ...] = ()
    trusts_email: bool = True
    # The operator named it in the settings, for any address.
    vouches_for_all: bool = False
    affiliation_claim: str = ""
    scopes: str = "openid email profile"
    organisation: str = ""
    has_logo: bool = False
    # Changes whenever something about it does.
    version: str = ""

    def name(self, locale: str) -> str:
        """Return its name in a language, or in the first that it has."""
        return self.names.get(locale) or next(
            (self.names[code] for code in LOCALES if self.names.get(code)), self.issuer
        )

    def may_vouch_for(self, email: str) -> bool:
        """Say whether its word that an address is somebody's counts for this address."""
        domain = email.rpartition("@")[2]
        return self.trusts_email and (self.vouches_for_all or self.speaks_for(domain))

    def speaks_for(self, domain: str) -> bool:
        """Say whether a domain, or one above it, is among its own."""
        return any(domain == own or domain.endswith(f".{own}") for own in self.domains)

    def confirms(self, claims: Mapping[str, Any]) -> bool:
        """Say whether claims call their address confirmed, in this provider's way.

        Entra lets tenants write any address, so there only its own mark for a domain whose
        ownership was shown counts.
        """
        if self.preset is ProviderPreset.ENTRA:
            return claims.get(EDOV) in (True, 1, "1", "true")
        return claims.get("email_verified") is True

    def is_of_organisation(self, claims: Mapping[str, Any]) -> bool:
        """Say whether claims are of the one organisation that may come in, if one is named."""
        if not self.organisation:
            return True
        name = {ProviderPreset.GOOGLE: "hd", ProviderPreset.ENTRA: "tid"}.get(self.preset)
        return name is None or str(claims.get(name, "")).lower() == self.organisation.lower()


def of_settings(settings: Settings) -> Trusted | None:
    """Return the provider that the settings name, if any."""
    if not settings.oidc_issuer:
        return None
    return Trusted(
        key=OF_SETTINGS,
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        names={LOCALES[0]: settings.oidc_name},
        vouches_for_all=True,
    )


def enabled(session: Session, settings: Settings) -> Sequence[Trusted]:
    """Return everybody one can sign in with, the settings' own first."""
    query = select(Provider).where(Provider.is_enabled).order_by(Provider.id)
    rows = session.scalars(query.options(defer(Provider.logo)))
    own = of_settings(settings)
    return [*([own] if own else []), *_readable(rows, settings)]


def by_key(session: Session, settings: Settings, key: str) -> Trusted | None:
    """Return the provider of an address, unless it is switched off."""
    if key == OF_SETTINGS:
        return of_settings(settings)
    rows = session.scalars(
        select(Provider).where(Provider.public_id == key, Provider.is_enabled)
    ).all()
    return next(iter(_readable(rows, settings)), None)


def by_issuer(session: Session, settings: Settings, issuer: str) -> Trusted | None:
    """Return the provider of an issuer, unless it is switched off."""
    return next((one for one in enabled(session, settings) if one.issuer == issuer), None)


def from_row(row: Provider, settings: Settings) -> Trusted:
    """Return a row as signing in needs it; raise SignatureError for another key's secret."""
    return Trusted(
        key=row.public_id,
        issuer=row.issuer,
        client_id=row.client_id,
        client_secret=decrypt(settings.secret_key, SECRET, row.client_secret_sealed),
        names=row.names,
        preset=row.preset,
        domains=tuple(row.domains),
        trusts_email=row.trusts_email,
        affiliation_claim=row.affiliation_claim,
        scopes=row.scopes,
        organisation=row.organisation,
        has_logo=row.has_logo,
        version=row.updated_at.isoformat(),
    )


def _readable(rows: Iterable[Provider], settings: Settings) -> Iterable[Trusted]:
    for row in rows:
        try:
            yield from_row(row, settings)
        except SignatureError:
            # SECRET_KEY was changed: a coordinator enters the client's secret again.
            get_logger().error("provider_secret_unreadable", provider=row.public_id)
