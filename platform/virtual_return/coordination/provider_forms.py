"""The form of a provider of sign-ins."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from models import Provider
from models.choices import ProviderPreset
from virtual_return.accounts.providers import logos, presets
from virtual_return.accounts.providers.operations import Wanted
from virtual_return.config import LOCALES
from virtual_return.institutions.domains import is_shared
from virtual_return.institutions.fields import HOST_NAME, SHORT_ENOUGH, needed, tidy_line


class ProviderForm(FlaskForm):  # type: ignore[misc]
    """Everything about a provider that its preset does not know."""

    issuer = StringField(_l("Issuer"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    organisation = StringField(_l("Organisation"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    client_id = StringField(
        _l("Client id"),
        filters=[tidy_line],
        validators=[needed(_l("Enter the client id that the provider gave you.")), SHORT_ENOUGH],
    )
    client_secret = PasswordField(
        _l("Client secret"), filters=[tidy_line], validators=[SHORT_ENOUGH]
    )
    name_en = StringField(_l("Name in English"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    name_fr = StringField(_l("Name in French"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    name_ar = StringField(_l("Name in Arabic"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    name_es = StringField(_l("Name in Spanish"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    name_pt = StringField(_l("Name in Portuguese"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    domains = TextAreaField(_l("E-mail domains"), validators=[Length(max=4_000)])
    trusts_email = BooleanField(_l("Its word for an address at these domains counts"))
    affiliation_claim = StringField(
        _l("Claim that names the affiliation"), filters=[tidy_line], validators=[Length(max=80)]
    )
    scopes = StringField(_l("Scopes"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    logo = FileField(_l("Logo"))

    def fill(self, preset: ProviderPreset, row: Provider | None) -> None:
        """Show what is there, or what the preset knows."""
        known = presets.PRESETS[preset]
        self.scopes.data = row.scopes if row else known.scopes
        self.affiliation_claim.data = row.affiliation_claim if row else known.affiliation_claim
        self.issuer.data = row.issuer if row else ""
        if row is None:
            self.name_en.data = "" if preset is ProviderPreset.CUSTOM else known.title
            return
        self.organisation.data, self.client_id.data = row.organisation, row.client_id
        self.domains.data, self.trusts_email.data = "\n".join(row.domains), row.trusts_email
        for locale in LOCALES:
            self[f"name_{locale}"].data = row.names.get(locale, "")

    def validate_domains(self, field: Any) -> None:
        for domain in _lines(field.data):
            if not HOST_NAME.fullmatch(domain):
                raise ValidationError(_l("Write one domain a line, such as university.example."))
            if is_shared(domain):
                raise ValidationError(
                    _l("A domain that everybody can use proves nothing: name the provider's own.")
                )

    def wanted(self, preset: ProviderPreset) -> Wanted:
        upload = self.logo.data
        return Wanted(
            preset=preset,
            issuer=self.issuer.data or "",
            client_id=self.client_id.data or "",
            client_secret=self.client_secret.data or "",
            names={
                locale: text for locale in LOCALES if (text := self[f"name_{locale}"].data or "")
            },
            domains=tuple(dict.fromkeys(_lines(self.domains.data))),
            trusts_email=bool(self.trusts_email.data),
            affiliation_claim=self.affiliation_claim.data or "",
            scopes=self.scopes.data or "",
            organisation=self.organisation.data or "",
            logo=logos.tidy(upload.read()) if upload else None,
        )


def _lines(text: str | None) -> list[str]:
    words = (text or "").replace(",", " ").lower().split()
    return [word.removeprefix("@") for word in words]
