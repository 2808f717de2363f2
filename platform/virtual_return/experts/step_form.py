"""What the forms of all steps share: they know what was saved, and notice when it has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from models import now
from virtual_return.errors import N_
from virtual_return.i18n import gettext
from virtual_return.institutions.fields import SHORT_ENOUGH, options, tidy, tidy_line
from virtual_return.templating.labels import choices_of

FIRST_YEAR = 1940
NOT_SAID = _l("Not said")
CHANGED = N_(
    "This was changed elsewhere since you opened the page. Your answers are kept below and not "
    "saved yet: compare them with what is saved, then save again."
)
# How many empty rows a list offers; saving brings as many again.
BLANK_ROWS = 3
# What a page can carry at all; operations are stricter, imports were not.
MOST_ROWS = 500


def line(label: Any, *validators: Any) -> StringField:
    return StringField(label, filters=[tidy_line], validators=[*validators, SHORT_ENOUGH])


def text(label: Any, longest: int, message: Any) -> TextAreaField:
    return TextAreaField(
        label, filters=[tidy], validators=[Length(max=longest, message=message)]
    )  # fmt: skip


def number(label: Any, lowest: int, highest: int) -> IntegerField:
    message = _l(
        "Write a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest
    )
    return IntegerField(label, validators=[Optional(), NumberRange(lowest, highest, message)])


def year(label: Any) -> IntegerField:
    return IntegerField(label, validators=[Optional(), sane_year])


def sane_year(_form: object, field: Field) -> None:
    latest = now().year + 1
    if field.data is not None and not FIRST_YEAR <= field.data <= latest:
        message = gettext(
            "Write a year from %(first)s to %(last)s.", first=str(FIRST_YEAR), last=str(latest)
        )
        raise ValidationError(message)


def day(label: Any) -> DateField:
    return DateField(label, validators=[Optional(), sane_day])


def sane_day(_form: object, field: Field) -> None:
    if field.data is not None and not 2020 <= field.data.year <= now().year + 10:
        raise ValidationError(gettext("Check the year."))


def boxes(label: Any, kind: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=options(choices_of(kind)),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class StepForm(FlaskForm):  # type: ignore[misc]
    """A form over something saved.

    It carries a fingerprint of what was saved when the page was made. When that has changed in
    the meantime, on another device say, both versions are shown and nothing is overwritten.
    """

    # Lists that end with blank rows, with the most rows that they take.
    ROWS: ClassVar[Mapping[str, int]] = {}
    # Those among them whose rows are single answers.
    SINGLE: ClassVar[frozenset[str]] = frozenset()

    version = HiddenField()
    saved: Mapping[str, Any]
    form_errors: list[str]

    @classmethod
    def over(cls, saved: Mapping[str, Any]) -> Self:
        """Return the form over what is saved, or over what was sent in this request."""
        form = cls(data={**cls._with_blanks(saved), "version": fingerprint(saved)})
        form.saved = saved
        form.prepare()
        return form

    def prepare(self) -> None:
        """Fill the choices whose names depend on the reader's language."""

    @property
    def is_current(self) -> bool:
        """Say whether what is saved is still what this form was made over."""
        return bool(self.version.data == fingerprint(self.saved))

    def notice_change(self) -> list[tuple[str, str]]:
        """Return (label, saved value) of all that was saved elsewhere and is different here.

        The form then carries the new fingerprint: saving again is a decision.
        """
        if self.is_current:
            return []
        self.version.data = fingerprint(self.saved)
        self.form_errors.append(gettext(CHANGED))
        pristine = type(self)(formdata=None, data=self._with_blanks(self.saved))
        pristine.saved = self.saved
        pristine.prepare()
        return [
            (str(field.label.text), shown(pristine[field.name]))
            for field in self
            if field.name not in ("version", "csrf_token")
            and shown(field) != shown(pristine[field.name])
        ]

    @classmethod
    def _with_blanks(cls, saved: Mapping[str, Any]) -> dict[str, Any]:
        filled = dict(saved)
        for name, most in cls.ROWS.items():
            rows = list(saved.get(name, ()))
            blank: object = "" if name in cls.SINGLE else {}
            filled[name] = [*rows, *[blank] * BLANK_ROWS][: max(most, len(rows))]
        return filled


def fingerprint(saved: Mapping[str, Any]) -> str:
    """Return a short hash of what is saved."""
    said = json.dumps(saved, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def shown(field: Field) -> str:
    """Return what a field holds in words, for a reader who compares."""
    if isinstance(field, FieldList):
        return "; ".join(words for entry in field if (words := shown(entry)))
    if isinstance(field, FormField):
        return ", ".join(words for inner in field if (words := shown(inner)))
    if isinstance(field, SelectMultipleField):
        return ", ".join(_labels(field, [str(value) for value in field.data or ()]))
    if isinstance(field, SelectField):
        return ", ".join(_labels(field, [str(field.data)])) if field.data else ""
    return "" if field.data is None else str(field.data)


def _labels(field: SelectField | SelectMultipleField, values: list[str]) -> list[str]:
    return [str(label) for value, label, *_rest in field.iter_choices() if str(value) in values]
