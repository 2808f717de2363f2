"""What the audit trail is narrowed to; it comes with the address."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from virtual_return.coordination.trail import TOPICS, Filters
from virtual_return.i18n import gettext
from virtual_return.institutions.fields import with_blank

LARGEST_NUMBER = 2**63 - 1
_NUMBER = [Optional(), NumberRange(1, LARGEST_NUMBER, _l("Enter a number from the list below."))]


class TrailForm(FlaskForm):  # type: ignore[misc]
    """Filters; what cannot be understood is as good as nothing, and is said beside its field."""

    class Meta:
        csrf = False

    topic = SelectField(_l("What happened"), default="")
    actor = IntegerField(_l("Number of the account that acted"), validators=_NUMBER)
    kind = SelectField(_l("Kind of thing"), default="")
    thing = IntegerField(_l("Number of the thing"), validators=_NUMBER)
    since = DateField(_l("From"), validators=[Optional()])
    until = DateField(_l("To"), validators=[Optional()])

    def prepare(self, kinds: list[str]) -> None:
        every = _l("All")
        self.topic.choices = with_blank(
            [(name, gettext(words)) for name, (words, _) in TOPICS.items()], every
        )
        self.kind.choices = with_blank([(kind, kind) for kind in kinds], every)

    def filters(self) -> Filters:
        """Return what is asked for."""
        self.validate()
        return Filters(
            topic=self._data("topic") or "",
            actor_id=self._data("actor"),
            object_kind=self._data("kind") or "",
            object_id=self._data("thing"),
            since=self._data("since"),
            until=self._data("until"),
        )

    def chosen(self) -> dict[str, str]:
        """Return the filters that hold, for the addresses of other pages of the list."""
        return {
            field.name: str(field.raw_data[0])
            for field in self
            if field.raw_data and self._data(field.name)
        }

    def _data(self, name: str) -> Any:
        return None if self[name].errors else self[name].data
