"""Forms of engagements."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from virtual_return.engagements.operations import MESSAGE_LENGTH

_TOO_LONG = Length(max=MESSAGE_LENGTH, message=_l("Please keep this under 2,000 characters."))


class InviteForm(FlaskForm):  # type: ignore[misc]
    """A message to somebody who is still unnamed."""

    message = TextAreaField(
        _l("Your message"),
        description=_l("Say why you ask this person, and what the first step would be."),
        validators=[
            InputRequired(_l("Write a few words, so that the person can decide.")),
            _TOO_LONG,
        ],
    )
    submit = SubmitField(_l("Send the invitation"))


class InterestForm(FlaskForm):  # type: ignore[misc]
    """A message to an institution; it is shown without a name."""

    message = TextAreaField(
        _l("Your message"),
        description=_l("It is shown without your name: leave out names, employers and links."),
        validators=[InputRequired(_l("Write a few words about what you could do.")), _TOO_LONG],
    )
    submit = SubmitField(_l("Express interest"))


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """Any answer; a reason is never asked for and never shown to the other side."""

    reason = TextAreaField(
        _l("Reason (optional)"),
        description=_l("Only programme staff can read it. The other side never sees it."),
        validators=[Optional(), _TOO_LONG],
    )
