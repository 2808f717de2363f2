"""What is known in advance of providers, so that only credentials are left to enter."""

from __future__ import annotations

from dataclasses import dataclass

from models.choices import ProviderPreset
from virtual_return.config import Settings

ENTRA = "https://login.microsoftonline.com/{tenant}/v2.0"
EVERYTHING = "openid email profile"


@dataclass(frozen=True, slots=True)
class Preset:
    """The fields of a provider that need no typing; empty ones are asked for."""

    title: str
    issuer: str = ""
    scopes: str = EVERYTHING
    affiliation_claim: str = ""
    # Whether its word for an address can be taken at all; domains narrow it further.
    may_trust_email: bool = True
    # What the field "organisation" holds, if anything: a Google domain or an Entra tenant.
    asks_organisation: bool = False


PRESETS = {
    ProviderPreset.CUSTOM: Preset(
        "OpenID Connect", affiliation_claim="eduperson_scoped_affiliation"
    ),
    # It never says an address; people without another one are asked for theirs.
    ProviderPreset.ORCID: Preset("ORCID", scopes="openid", may_trust_email=False),
    ProviderPreset.GOOGLE: Preset("Google", "https://accounts.google.com", asks_organisation=True),
    ProviderPreset.ENTRA: Preset("Microsoft Entra ID", ENTRA, asks_organisation=True),
    ProviderPreset.EDUTEAMS: Preset(
        "eduTEAMS (eduGAIN)",
        "https://proxy.eduteams.org",
        affiliation_claim="voperson_external_affiliation",
    ),
    ProviderPreset.SURFCONEXT: Preset(
        "SURFconext",
        "https://connect.surfconext.nl",
        affiliation_claim="eduperson_scoped_affiliation",
    ),
    ProviderPreset.CILOGON: Preset(
        "CILogon (eduGAIN)",
        "https://cilogon.org",
        scopes="openid email profile org.cilogon.userinfo",
        affiliation_claim="affiliation",
    ),
}


def issuer_of(preset: ProviderPreset, settings: Settings, *, organisation: str, typed: str) -> str:
    """Return the issuer of a provider: known, made of its tenant, or as it was typed."""
    if preset is ProviderPreset.ORCID:
        return settings.orcid_issuer
    if preset is ProviderPreset.ENTRA:
        return ENTRA.format(tenant=organisation.lower())
    return PRESETS[preset].issuer or typed
