"""The form of a rule of the programme."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from virtual_return.coordination.rules import Wording
from virtual_return.institutions.fields import LONG_ENOUGH, SHORT_ENOUGH, needed, options, tidy
from virtual_return.needs.rule_words import WHO
from virtual_return.reference import countries


class RuleForm(FlaskForm):  # type: ignore[misc]
    """Who may take part in needs under a rule: what is left open is not asked for."""

    name = StringField(
        _l("Name of the rule"),
        filters=[tidy],
        validators=[needed(_l("Give the rule a name.")), SHORT_ENOUGH],
    )
    text = TextAreaField(
        _l("Wording"),
        filters=[tidy],
        validators=[needed(_l("Write the rule as everybody will read it.")), LONG_ENOUGH],
    )
    standings = SelectMultipleField(
        _l("For"),
        choices=options((value, _l(words)) for value, words in WHO.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    ties_to = SelectMultipleField(_l("Tied to one of these countries"))
    residence_in = SelectMultipleField(_l("Lives in one of these countries"))

    def prepare(self) -> None:
        self.ties_to.choices = self.residence_in.choices = options(countries.choices())

    def wording(self) -> Wording:
        return Wording(
            name=self.name.data or "",
            text=self.text.data or "",
            standings=tuple(self.standings.data or ()),
            ties_to=tuple(self.ties_to.data or ()),
            residence_in=tuple(self.residence_in.data or ()),
        )
