"""Forms of second factors."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from virtual_return.accounts.factors.codes import LONGEST
from virtual_return.accounts.factors.webauthn import LONGEST_ANSWER

CODE_FIELD = {
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "spellcheck": "false",
    "dir": "ltr",
    "maxlength": LONGEST,
}


class CodeForm(FlaskForm):  # type: ignore[misc]
    """Asks for a code from an app or from paper."""

    code = StringField(
        _l("Code"),
        description=_l("The six digits in your authenticator app now, or a recovery code."),
        validators=[DataRequired(_l("Enter a code.")), Length(max=LONGEST)],
        render_kw=CODE_FIELD,
    )
    next = HiddenField()


class FirstCodeForm(FlaskForm):  # type: ignore[misc]
    """Asks for the first code of a new app."""

    code = StringField(
        _l("The six digits that the app shows now"),
        validators=[DataRequired(_l("Enter the six digits that the app shows.")), Length(max=20)],
        render_kw={**CODE_FIELD, "inputmode": "numeric", "maxlength": 20},
    )
    next = HiddenField()


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """Carries what a passkey signed; a script fills it in."""

    answer = HiddenField(validators=[DataRequired(), Length(max=LONGEST_ANSWER)])
    next = HiddenField()


class SignInByPasskeyForm(AnswerForm):
    """The same, for whoever signs in by it."""

    is_shared = BooleanField(_l("This is a shared phone or computer"))


class AddPasskeyForm(AnswerForm):
    """A new passkey, and what to call it."""

    label = StringField(
        _l("What to call it"),
        description=_l("So that you know it from others, such as “my phone”."),
        validators=[Length(max=60, message=_l("Please keep this under 60 characters."))],
        render_kw={"maxlength": 60, "autocomplete": "off"},
    )


class VouchForm(FlaskForm):  # type: ignore[misc]
    """A coordinator's word."""

    confirmed = BooleanField(
        _l("I have spoken to this person, and I know that it is they who ask"),
        validators=[DataRequired(_l("Tick the box to vouch for this person."))],
    )
