"""The form of a degree or licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField

from models import Qualification
from models.choices import Recognition
from virtual_return.experts import values as v
from virtual_return.experts.step_form import MOST_ROWS, NOT_SAID, StepForm, line, year
from virtual_return.institutions.fields import RowForm, needed, options, with_blank
from virtual_return.reference import countries, fields_of_study
from virtual_return.templating.labels import choices_of

ISCED_LEVELS = [
    ("", NOT_SAID),
    ("0", _l("Before primary school")),
    ("1", _l("Primary school")),
    ("2", _l("Lower secondary")),
    ("3", _l("Upper secondary")),
    ("4", _l("After school, below a college degree")),
    ("5", _l("Short cycle of higher education")),
    ("6", _l("Bachelor or equivalent")),
    ("7", _l("Master or equivalent")),
    ("8", _l("Doctorate or equivalent")),
]


class RecognitionRow(RowForm):
    """A country and what its authority says."""

    country = SelectField(_l("Country"), default="")
    status = SelectField(
        _l("Status"), default=Recognition.UNKNOWN.value, choices=options(choices_of(Recognition))
    )


class QualificationForm(StepForm):
    """A degree or licence."""

    ROWS: ClassVar[Mapping[str, int]] = {"recognitions": v.MOST_TIES}

    title = line(_l("Qualification"), needed(_l("Write what the document is called.")))
    awarding_body = line(_l("Awarded by"))
    country = SelectField(_l("Country of the award"), default="")
    level = SelectField(_l("Level"), default="", choices=options(ISCED_LEVELS))
    field_of_study = SelectField(_l("Field"), default="")
    year = year(_l("Year"))
    recognitions = FieldList(
        FormField(RecognitionRow), label=_l("Recognition"), max_entries=MOST_ROWS
    )

    @staticmethod
    def saved_of(row: Qualification | None) -> dict[str, Any]:
        if row is None:
            return {}
        return {
            "title": row.title,
            "awarding_body": row.awarding_body,
            "country": row.country or "",
            "level": "" if row.level is None else str(row.level),
            "field_of_study": row.field_of_study,
            "year": row.year,
            "recognitions": [
                {"country": held.country, "status": held.status.value} for held in row.recognitions
            ],
        }

    def prepare(self) -> None:
        known = with_blank(countries.choices(), NOT_SAID)
        self.country.choices = known
        self.field_of_study.choices = with_blank(fields_of_study.choices(), NOT_SAID)
        for entry in self.recognitions:
            entry.form.country.choices = known

    def values(self) -> v.QualificationValue:
        rows = [entry.form for entry in self.recognitions if entry.form.country.data]
        return v.QualificationValue(
            title=self.title.data or "",
            awarding_body=self.awarding_body.data or "",
            country=self.country.data or None,
            level=int(self.level.data) if self.level.data else None,
            field_of_study=self.field_of_study.data or "",
            year=self.year.data,
            recognitions=tuple((row.country.data, Recognition(row.status.data)) for row in rows),
        )
