"""Forms of the digest preferences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from models.choices import DigestList, Frequency

FREQUENCIES = [
    SelectChoice(Frequency.DAILY.value, _l("Every day, when there is something new")),
    SelectChoice(Frequency.WEEKLY.value, _l("Once a week, when there is something new")),
    SelectChoice(Frequency.MONTHLY.value, _l("Once a month, when there is something new")),
    SelectChoice(Frequency.NEVER.value, _l("Never")),
]
LIST_NAMES = {
    DigestList.EXPERT_MATCHES: _l("New needs that fit you"),
    DigestList.INSTITUTION_MATCHES: _l("New people who fit your institution's needs"),
}


class PreferencesForm(FlaskForm):  # type: ignore[misc]
    """How often each list may come."""

    expert_matches = RadioField(LIST_NAMES[DigestList.EXPERT_MATCHES], choices=FREQUENCIES)
    institution_matches = RadioField(
        LIST_NAMES[DigestList.INSTITUTION_MATCHES], choices=FREQUENCIES
    )
