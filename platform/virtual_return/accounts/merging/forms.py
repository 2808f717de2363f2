"""Forms of putting two accounts together."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, RadioField
from wtforms.validators import DataRequired

from models import User
from virtual_return.accounts.addresses import MAXIMUM_LENGTH
from virtual_return.accounts.forms import AddressForm
from virtual_return.i18n import gettext as _

THIS, OTHER = "this", "other"


class OtherAddressForm(AddressForm):
    """Asks for the address of the other account."""

    email = EmailField(
        _l("Address of the other account"),
        description=_l("We send a link there. Open it in this browser."),
        validators=[DataRequired(_l("Enter the e-mail address of your other account."))],
        render_kw={"maxlength": MAXIMUM_LENGTH, "spellcheck": "false", "autocomplete": "off"},
    )


class MergeForm(FlaskForm):  # type: ignore[misc]
    """What stays where only one can, and a last yes."""

    email = RadioField(_l("Which address stays?"), default=THIS)
    name = RadioField(_l("Which name stays?"), default=THIS)
    profile = RadioField(_l("Which profile stays?"), default=THIS)
    confirmed = BooleanField(
        _l("I understand that the two accounts cannot be taken apart again"),
        validators=[DataRequired(_l("Tick the box to put the accounts together."))],
    )

    def offer(self, user: User, other: User) -> None:
        """List what there is; a question with one answer is not asked."""
        self.email.choices = [(THIS, user.email or ""), (OTHER, other.email or "")]
        if user.name == other.name or not (user.name and other.name):
            del self.name
        else:
            self.name.choices = [(THIS, user.name), (OTHER, other.name)]
        if user.expert is None or other.expert is None:
            del self.profile
        else:
            self.profile.choices = [
                (key, expert.headline or _("Profile without a headline"))
                for key, expert in ((THIS, user.expert), (OTHER, other.expert))
            ]
