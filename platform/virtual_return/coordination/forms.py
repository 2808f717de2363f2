"""Forms of programme staff."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from models import Institution, Need
from models.choices import CountryState, NeedState, VerificationState
from virtual_return.coordination.operations import Decision
from virtual_return.institutions import states
from virtual_return.institutions.fields import LONG_ENOUGH, needed, options, tidy, with_blank
from virtual_return.institutions.states import Step
from virtual_return.reference import countries
from virtual_return.templating.labels import choices_of

WORDS: dict[Decision, Any] = {
    Decision.APPROVE: _l("Approve"),
    Decision.REQUEST_CHANGES: _l("Ask for changes"),
    Decision.REJECT: _l("Refuse"),
    Decision.SUSPEND: _l("Suspend"),
    Decision.REINSTATE: _l("End the suspension"),
    Decision.KEEP_SUSPENDED: _l("Keep it suspended"),
}
FOR_INSTITUTION = {
    VerificationState.SUBMITTED: (Decision.APPROVE, Decision.REQUEST_CHANGES, Decision.SUSPEND),
    VerificationState.APPROVED: (Decision.REQUEST_CHANGES, Decision.SUSPEND),
    VerificationState.REVERIFICATION_DUE: (Decision.REQUEST_CHANGES, Decision.SUSPEND),
    VerificationState.SUSPENDED: (Decision.REINSTATE, Decision.KEEP_SUSPENDED),
}
FOR_NEED = {
    NeedState.SUBMITTED: (Decision.APPROVE, Decision.REQUEST_CHANGES, Decision.REJECT),
    NeedState.APPROVED: (Decision.REQUEST_CHANGES,),
    NeedState.OPEN: (Decision.REQUEST_CHANGES,),
}
WITHOUT_REASON = frozenset({Decision.APPROVE, Decision.REINSTATE})


def decisions_on_institution(institution: Institution) -> tuple[Decision, ...]:
    """Return what can be decided now."""
    possible = FOR_INSTITUTION.get(institution.state, ())
    if states.allows(institution, Step.APPROVE) and Decision.APPROVE not in possible:
        possible = (Decision.APPROVE, *possible)
    if institution.appeal:
        return possible
    return tuple(item for item in possible if item is not Decision.KEEP_SUSPENDED)


def decisions_on_need(need: Need) -> tuple[Decision, ...]:
    return FOR_NEED.get(need.state, ())


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """A decision and its reason; only an approval needs none."""

    decision = RadioField(_l("Your decision"), validators=[needed(_l("Choose what you decide."))])
    reason = TextAreaField(_l("Reason"), filters=[tidy], validators=[LONG_ENOUGH])

    def prepare(self, possible: tuple[Decision, ...]) -> None:
        self.decision.choices = options((item.value, WORDS[item]) for item in possible)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if is_valid and Decision(self.decision.data) not in WITHOUT_REASON and not self.reason.data:
            self.reason.errors = [
                *self.reason.errors,
                _l("Give the reason: the institution has to know what to change."),
            ]
            return False
        return is_valid


class CountryForm(FlaskForm):  # type: ignore[misc]
    """Whether people may travel to a country, since when and why."""

    country = SelectField(_l("Country"), validators=[needed(_l("Choose the country."))])
    state = RadioField(
        _l("Status"),
        choices=options(choices_of(CountryState)),
        validators=[needed(_l("Choose the status."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[tidy],
        validators=[
            needed(_l("Give the reason: institutions of the country are told.")),
            LONG_ENOUGH,
        ],
    )
    since = DateField(
        _l("Since"), default=date.today, validators=[InputRequired(_l("Choose the day."))]
    )

    def prepare(self) -> None:
        self.country.choices = with_blank(countries.choices(), _l("Choose a country"))


class NoteForm(FlaskForm):  # type: ignore[misc]
    """What a coordinator found out about an institution."""

    note = TextAreaField(
        _l("Your note"),
        filters=[tidy],
        validators=[needed(_l("Write what you found out, and how.")), LONG_ENOUGH],
    )
