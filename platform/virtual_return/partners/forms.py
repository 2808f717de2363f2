"""Forms about hosting a need together."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from models import Institution
from virtual_return.institutions.fields import grouped, needed, tidy, with_blank
from virtual_return.partners.operations import MESSAGE_LENGTH
from virtual_return.templating.labels import label


class CoHostingForm(FlaskForm):  # type: ignore[misc]
    """Which institution, and what it would bring."""

    institution = SelectField(
        _l("Institution"), validators=[needed(_l("Choose an institution."))], default=""
    )
    message = TextAreaField(
        _l("What the partner would bring"),
        filters=[tidy],
        validators=[
            needed(_l("Write a sentence about what the partner would bring.")),
            Length(max=MESSAGE_LENGTH, message=_l("Keep this under 1,000 characters.")),
        ],
    )

    def prepare(self, institutions: Sequence[Institution]) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in institutions:
            pair = (one.public_id, one.shown_name)
            groups.setdefault(label(one.relation), []).append(pair)
        self.institution.choices = with_blank([], _l("Choose…")) + grouped(groups)
