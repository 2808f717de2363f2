"""Verbs of programme staff on providers; what they change holds from the next request on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Identity, Provider, User
from models.choices import ProviderPreset
from virtual_return import audit
from virtual_return.accounts.providers import presets
from virtual_return.accounts.providers.clients import is_safe
from virtual_return.accounts.providers.trusted import SECRET
from virtual_return.config import Settings
from virtual_return.errors import Conflict, Invalid, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.policy import programme
from virtual_return.security import encrypt


@dataclass(frozen=True, slots=True)
class Wanted:
    """A provider as a coordinator describes it; an empty secret keeps the one that is there."""

    preset: ProviderPreset
    issuer: str
    client_id: str
    client_secret: str
    names: Mapping[str, str]
    domains: tuple[str, ...] = ()
    trusts_email: bool = False
    affiliation_claim: str = ""
    scopes: str = presets.EVERYTHING
    organisation: str = ""
    logo: bytes | None = None


def add(session: Session, actor: User, wanted: Wanted, settings: Settings) -> Provider:
    """Trust a provider from now on."""
    _require_staff(actor)
    if not wanted.client_secret:
        raise Invalid(_("Enter the client secret that the provider gave you."))
    row = Provider(preset=wanted.preset, client_secret_sealed="", issuer="")
    _write(row, wanted, settings)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise _known_already() from error
    _record(session, actor, row, "provider.added")
    return row


def edit(session: Session, actor: User, row: Provider, wanted: Wanted, settings: Settings) -> None:
    """Change how far a provider is trusted, or its credentials; its issuer stays what it is."""
    _require_staff(actor)
    _write(row, wanted, settings)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise _known_already() from error
    _record(session, actor, row, "provider.edited")


def switch(session: Session, actor: User, row: Provider, *, on: bool) -> None:
    """Let people in by a provider, or not for now; accounts stay linked to it."""
    _require_staff(actor)
    row.is_enabled = on
    session.flush()
    _record(session, actor, row, "provider.switched_on" if on else "provider.switched_off")


def delete(session: Session, actor: User, row: Provider) -> None:
    """Delete a provider with which nobody has signed in."""
    _require_staff(actor)
    if uses(session, row):
        raise Conflict(_("People sign in with it. Switch it off instead; nothing is lost then."))
    _record(session, actor, row, "provider.deleted")
    session.delete(row)
    session.flush()


def uses(session: Session, row: Provider) -> int:
    """Return how many accounts are linked to a provider."""
    query = select(func.count()).select_from(Identity).where(Identity.issuer == row.issuer)
    return session.scalar(query) or 0


def find(session: Session, public_id: str) -> Provider:
    """Return a provider, or raise NotFound."""
    row = session.scalar(select(Provider).where(Provider.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def _write(row: Provider, wanted: Wanted, settings: Settings) -> None:
    preset = presets.PRESETS[row.preset]
    issuer = presets.issuer_of(
        row.preset, settings, organisation=wanted.organisation, typed=wanted.issuer
    )
    _check_issuer(row, issuer, wanted, settings)
    if wanted.trusts_email and not (preset.may_trust_email and wanted.domains):
        raise Invalid(_("Name the domains whose addresses this provider may confirm."))
    if not any(wanted.names.values()):
        raise Invalid(_("Give the provider a name in at least one language."))
    scopes = wanted.scopes or preset.scopes
    if "openid" not in scopes.split():
        raise Invalid(_("The scopes must contain openid."))
    row.issuer, row.client_id, row.names = issuer, wanted.client_id, dict(wanted.names)
    row.domains, row.trusts_email = list(wanted.domains), wanted.trusts_email
    row.affiliation_claim, row.scopes = wanted.affiliation_claim, scopes
    row.organisation = wanted.organisation
    if wanted.client_secret:
        row.client_secret_sealed = encrypt(settings.secret_key, SECRET, wanted.client_secret)
    if wanted.logo is not None:
        row.logo = wanted.logo or None


def _check_issuer(row: Provider, issuer: str, wanted: Wanted, settings: Settings) -> None:
    if settings.oidc_issuer and issuer == settings.oidc_issuer:
        raise Conflict(_("The settings of this installation name this issuer already."))
    if not is_safe(issuer, settings):
        raise Invalid(_("Write the issuer as an address that begins with https://"))
    if row.issuer and row.issuer != issuer:
        raise Invalid(_("Accounts hang on the issuer: add another provider instead."))
    if row.preset is ProviderPreset.ENTRA and not wanted.organisation:
        raise Invalid(_("Enter the tenant: without it anybody with a Microsoft account comes in."))


def _require_staff(actor: User) -> None:
    programme.coordinate(actor).require()


def _known_already() -> Conflict:
    return Conflict(_("This issuer is in the list already."))


def _record(session: Session, actor: User, row: Provider, action: str) -> None:
    audit.record(session, action, actor_id=actor.id, object_kind="provider", object_id=row.id)
