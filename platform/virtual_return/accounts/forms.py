"""Forms of signing in and of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # Stubs are behind.
from wtforms.validators import DataRequired, Length, StopValidation

from virtual_return.accounts.addresses import MAXIMUM_LENGTH, normalise
from virtual_return.i18n import LANGUAGES
from virtual_return.reference import time_zones


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Has a field `email`, whose normal form is `address` once it was found valid."""

    address: str = ""

    def validate_email(self, field: Field) -> None:
        """Accept what looks like an address, and keep its normal form."""
        address = normalise(field.data or "")
        if address is None:
            raise StopValidation(
                str(_l("Enter an e-mail address such as name@example.org, without spaces."))
            )
        self.address = address


class SignInForm(AddressForm):
    """Asks for a link by mail."""

    email = EmailField(
        _l("E-mail address"),
        description=_l("We send you a link that signs you in. There is no password."),
        validators=[DataRequired(_l("Enter your e-mail address."))],
        render_kw={"autocomplete": "email", "maxlength": MAXIMUM_LENGTH, "spellcheck": "false"},
    )
    next = HiddenField()


class OpenLinkForm(FlaskForm):  # type: ignore[misc]
    """Confirms that a person, and not a mail scanner, opened the link."""

    is_shared = BooleanField(
        _l("This is a shared phone or computer"),
        description=_l("You are signed out after two hours, or when the browser is closed."),
    )


class WelcomeForm(FlaskForm):  # type: ignore[misc]
    """What a new person tells us first."""

    name = StringField(
        _l("Your name"),
        description=_l(
            "As an expert you stay unnamed until you and the other side have both said yes, "
            "unless you choose otherwise."
        ),
        validators=[
            DataRequired(_l("Enter the name by which people should call you.")),
            Length(max=200, message=_l("Please keep this under 200 characters.")),
        ],
        render_kw={"autocomplete": "name", "dir": "auto", "maxlength": 200},
    )


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """Name, language and time zone."""

    name = StringField(
        _l("Your name"),
        description=WelcomeForm.name.kwargs["description"],
        validators=[Length(max=200, message=_l("Please keep this under 200 characters."))],
        render_kw={"autocomplete": "name", "dir": "auto", "maxlength": 200},
    )
    locale = SelectField(_l("Language of pages and mail"))
    time_zone = SelectField(_l("Time zone"), description=_l("Dates and times are shown in it."))

    def offer_choices(self, current: str) -> None:
        """List the languages, the zones of the world, and the zone that this account has now."""
        self.locale.choices = [(language.code, language.name) for language in LANGUAGES]
        offered = time_zones.choices()
        known = any(name == current for name, _label in offered)
        self.time_zone.choices = offered if known else [(current, current), *offered]


class NewAddressForm(SignInForm):
    """Asks for another address."""

    email = EmailField(
        _l("New e-mail address"),
        description=_l("We write to it, and to the address that you have now."),
        validators=[DataRequired(_l("Enter your new e-mail address."))],
        render_kw={"autocomplete": "email", "maxlength": MAXIMUM_LENGTH, "spellcheck": "false"},
    )


class EraseForm(FlaskForm):  # type: ignore[misc]
    """Asks once more before everything goes, now or after some time to think."""

    days = SelectField(
        _l("Time to think"),
        description=_l(
            "Nobody finds you from now on. Until the time is over, one button takes it back."
        ),
        choices=[
            SelectChoice(0, _l("None: erase everything now")),
            SelectChoice(1, _l("1 day")),
            SelectChoice(3, _l("3 days")),
            SelectChoice(7, _l("7 days")),
            SelectChoice(14, _l("14 days")),
        ],
        coerce=int,
        default=0,
    )
    confirmed = BooleanField(
        _l("I understand that what is erased cannot be brought back"),
        validators=[DataRequired(_l("Tick the box to erase your account."))],
    )


class PlainForm(FlaskForm):  # type: ignore[misc]
    """A button: nothing but the proof that it was pressed here."""
