"""Forms of what somebody offers, in which words others read it, and who finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from models import Expert
from models.choices import (
    AvailabilityKind,
    Bandwidth,
    ContactPreference,
    DeliveryExperience,
    EngagementKind,
    Mode,
    Visibility,
)
from virtual_return.experts import values as v
from virtual_return.experts.anonymity import Wording
from virtual_return.experts.forms import EVIDENCE_LENGTH, lines_of
from virtual_return.experts.step_form import (
    MOST_ROWS,
    NOT_SAID,
    StepForm,
    boxes,
    day,
    number,
    sane_day,
    text,
)
from virtual_return.i18n import gettext
from virtual_return.institutions.fields import (
    RowForm,
    domain_name,
    needed,
    options,
    tidy,
    tidy_domain,
    tidy_line,
    with_blank,
)
from virtual_return.reference import countries, fields_of_study
from virtual_return.templating.labels import choices_of

MOST_TOPICS = 20


def few_topics(_form: Form, field: Field) -> None:
    topics = lines_of(field.data)
    if len(topics) > MOST_TOPICS or any(len(topic) > 200 for topic in topics):
        raise ValidationError(
            gettext("Write at most 20 topics, one on a line, each under 200 characters.")
        )


def required_number(label: Any, lowest: int, highest: int) -> IntegerField:
    message = _l(
        "Write a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest
    )
    return IntegerField(
        label, validators=[InputRequired(message), NumberRange(lowest, highest, message)]
    )


class SpanRow(RowForm):
    """Some days."""

    kind = SelectField(
        _l("Then I am"),
        default=AvailabilityKind.FREE.value,
        choices=options(choices_of(AvailabilityKind)),
    )
    starts_on = day(_l("From"))
    ends_on = day(_l("Until"))

    def validate_ends_on(self, field: DateField) -> None:
        """Ask for both ends or none; Optional has stopped where this one is empty."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(gettext("This day is before the first one."))


class OfferForm(StepForm):
    """What somebody is willing to do, when, and how much of it."""

    ROWS: ClassVar[Mapping[str, int]] = {"spans": v.MOST_SPANS, "fields_of_study": v.MOST_FIELDS}
    SINGLE: ClassVar[frozenset[str]] = frozenset({"fields_of_study"})

    modes = boxes(_l("How you can work"), Mode)
    hours_per_week = number(_l("Hours a week"), 1, 60)
    earliest_start = day(_l("Not before"))
    notice_weeks = number(_l("Weeks of notice that you need"), 0, 104)
    spans = FieldList(FormField(SpanRow), label=_l("Calendar"), max_entries=MOST_ROWS)
    kinds_wanted = boxes(_l("Kinds of work that you would like"), EngagementKind)
    kinds_refused = boxes(_l("Kinds of work that you refuse"), EngagementKind)
    capacity = required_number(_l("Engagements at the same time"), 0, 20)
    invitations_per_month = required_number(_l("Invitations a month, at most"), 0, 50)
    fields_of_study = FieldList(
        SelectField(_l("Field"), default=""), label=_l("Your fields"), max_entries=MOST_ROWS
    )
    fields_wanted = TextAreaField(_l("Topics you want"), filters=[tidy], validators=[few_topics])
    topics_refused = TextAreaField(_l("Topics you refuse"), filters=[tidy], validators=[few_topics])
    delivery_experience = RadioField(
        _l("Experience of working at a distance"),
        choices=options(choices_of(DeliveryExperience)),
        validators=[Optional()],
    )
    bandwidth = RadioField(
        _l("What your connection carries"),
        choices=options(choices_of(Bandwidth)),
        validators=[Optional()],
    )
    contact_preference = RadioField(
        _l("How you want to be reached"), choices=options(choices_of(ContactPreference))
    )

    @staticmethod
    def saved_of(expert: Expert) -> dict[str, Any]:
        plain = (
            "hours_per_week", "earliest_start", "notice_weeks", "capacity",
            "invitations_per_month",
        )  # fmt: skip
        lists = ("modes", "kinds_wanted", "kinds_refused", "fields_of_study")
        choices = ("delivery_experience", "bandwidth", "contact_preference")
        return {
            **{name: getattr(expert, name) for name in plain},
            **{name: list(getattr(expert, name)) for name in lists},
            **{name: str(getattr(expert, name) or "") for name in choices},
            "fields_wanted": "\n".join(expert.fields_wanted),
            "topics_refused": "\n".join(expert.topics_refused),
            "spans": [
                {"kind": row.kind.value, "starts_on": row.starts_on, "ends_on": row.ends_on}
                for row in expert.availability
            ],
        }

    def prepare(self) -> None:
        known = with_blank(fields_of_study.choices(), NOT_SAID)
        for entry in self.fields_of_study:
            entry.choices = known

    def validate_spans(self, field: FieldList[Any]) -> None:
        """Ask for both ends of a span or for none, at the one that is missing."""
        message = gettext("Give both days of a span, or leave both empty.")
        for entry in field:
            first, last = entry.form.starts_on, entry.form.ends_on
            if bool(first.data) != bool(last.data):
                missing = last if first.data else first
                missing.errors = [*missing.errors, message]
        if any(entry.errors for entry in field):
            raise ValidationError(message)

    def values(self) -> v.Offer:
        experience, bandwidth = self.delivery_experience.data, self.bandwidth.data
        return v.Offer(
            modes=tuple(map(Mode, self.modes.data or ())),
            kinds_wanted=tuple(map(EngagementKind, self.kinds_wanted.data or ())),
            kinds_refused=tuple(map(EngagementKind, self.kinds_refused.data or ())),
            hours_per_week=self.hours_per_week.data,
            earliest_start=self.earliest_start.data,
            notice_weeks=self.notice_weeks.data,
            spans=tuple(self._spans()),
            capacity=self.capacity.data or 0,
            invitations_per_month=self.invitations_per_month.data or 0,
            fields_of_study=tuple(dict.fromkeys(filter(None, self.fields_of_study.data))),
            fields_wanted=tuple(lines_of(self.fields_wanted.data)),
            topics_refused=tuple(lines_of(self.topics_refused.data)),
            delivery_experience=DeliveryExperience(experience) if experience else None,
            bandwidth=Bandwidth(bandwidth) if bandwidth else None,
            contact_preference=ContactPreference(self.contact_preference.data),
        )

    def _spans(self) -> Iterator[v.Span]:
        for entry in self.spans:
            row = entry.form
            if row.starts_on.data and row.ends_on.data:
                kind = AvailabilityKind(row.kind.data)
                yield v.Span(kind, row.starts_on.data, row.ends_on.data)


class WordingForm(StepForm):
    """The form of one text that others may read."""

    title = StringField(_l("Title that others read"), filters=[tidy_line])
    text = text(
        _l("Text that others read"), EVIDENCE_LENGTH, _l("Keep this under 20,000 characters.")
    )

    @staticmethod
    def saved_of(wording: Wording) -> dict[str, Any]:
        return {"title": wording.title_anonymous, "text": wording.text_anonymous}

    def limit(self, wording: Wording) -> None:
        longest = 200 if wording.item_id is None else 500
        message = gettext("Keep this under %(number)s characters.", number=longest)
        self.title.validators = [Length(max=longest, message=message)]


class VisibilityForm(FlaskForm):  # type: ignore[misc]
    """Who may find the profile."""

    visibility = RadioField(
        _l("Who may find you"),
        choices=options(choices_of(Visibility)),
        validators=[needed(_l("Choose who may find you."))],
    )


class PauseForm(FlaskForm):  # type: ignore[misc]
    """Not now."""

    until = DateField(_l("Until"), validators=[Optional(), sane_day])


class DomainForm(FlaskForm):  # type: ignore[misc]
    """A domain to hide from."""

    domain = StringField(
        _l("Web or e-mail domain"),
        filters=[tidy_domain],
        validators=[needed(_l("Write a web domain such as university.example.")), domain_name],
    )


class CountryForm(FlaskForm):  # type: ignore[misc]
    """A country to hide from."""

    country = SelectField(_l("Country"), validators=[needed(_l("Choose a country."))])

    def prepare(self) -> None:
        self.country.choices = with_blank(countries.choices(), _l("Choose a country"))


class SkillSearchForm(RowForm):
    """The beginning of a skill's name; it comes with the address."""

    q = StringField(_l("Look up a skill"), filters=[tidy_line], validators=[Length(max=100)])


class InstitutionSearchForm(RowForm):
    """A part of an institution's name; it comes with the address."""

    q = StringField(_l("Look up an institution"), filters=[tidy_line], validators=[Length(max=100)])


class SkillAddForm(FlaskForm):  # type: ignore[misc]
    """A name of the taxonomy to add."""

    label = StringField(filters=[tidy_line], validators=[needed(""), Length(max=200)])


class DeleteForm(FlaskForm):  # type: ignore[misc]
    """A press that cannot be undone."""
