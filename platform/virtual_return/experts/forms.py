"""Forms of the steps about a person: texts, evidence, skills, languages, qualifications."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar, cast

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Length, Optional, ValidationError

from models import EvidenceItem, Expert
from models.choices import Cefr, EvidenceKind, SkillLevel, Standing, TieKind
from virtual_return.experts import values as v
from virtual_return.experts.step_form import (
    MOST_ROWS,
    NOT_SAID,
    StepForm,
    line,
    number,
    text,
    year,
)
from virtual_return.i18n import gettext
from virtual_return.institutions.fields import (
    RowForm,
    needed,
    options,
    tidy,
    tidy_line,
    web_address,
    with_blank,
)
from virtual_return.reference import countries, languages, time_zones
from virtual_return.templating.labels import choices_of

ABOUT_LENGTH = 10_000
EVIDENCE_LENGTH = 20_000
FIND_OUT = _l("Find out from the text")


def few_links(_form: Form, field: Field) -> None:
    links = lines_of(field.data)
    if len(links) > v.MOST_LINKS:
        raise ValidationError(gettext("Keep the ten links that say most."))
    for link in links:
        if len(link) > 500:
            raise ValidationError(gettext("A link is too long. Use a shorter form of it."))
        web_address(_form, cast(Field, SimpleNamespace(data=link)))


def lines_of(value: str | None) -> list[str]:
    """Return the lines that say something, each once."""
    return list(dict.fromkeys(tidy for item in (value or "").split("\n") if (tidy := item.strip())))


class AboutForm(StepForm):
    """Who somebody is, in their own words."""

    headline = line(_l("Headline"))
    about = text(_l("About you"), ABOUT_LENGTH, _l("Keep this under 10,000 characters."))
    language = SelectField(_l("Language of these texts"), default="")
    standing = RadioField(
        _l("How you come to the programme"), choices=options(choices_of(Standing))
    )
    country_of_residence = SelectField(_l("Country where you live"), default="")
    time_zone = SelectField(_l("Time zone"), default="")
    city = line(_l("City"))
    employer = line(_l("Employer"))
    links = TextAreaField(_l("Links"), filters=[tidy], validators=[few_links])

    @staticmethod
    def saved_of(expert: Expert) -> dict[str, Any]:
        return {
            "headline": expert.headline,
            "about": expert.about,
            "language": expert.language or "",
            "standing": expert.standing.value,
            "country_of_residence": expert.country_of_residence or "",
            "time_zone": expert.time_zone,
            "city": expert.city,
            "employer": expert.employer,
            "links": "\n".join(expert.links),
        }

    def prepare(self) -> None:
        self.language.choices = with_blank(languages.choices(), FIND_OUT)
        self.country_of_residence.choices = with_blank(countries.choices(), NOT_SAID)
        zones = time_zones.choices()
        if (kept := self.saved.get("time_zone")) and kept not in dict(zones):
            zones.append((kept, kept))  # An older name of a zone, as some browsers report it.
        self.time_zone.choices = with_blank(zones, NOT_SAID)

    def values(self) -> v.About:
        said = {"headline", "about", "time_zone", "city", "employer"}
        return v.About(
            **{name: self[name].data or "" for name in said},
            language=self.language.data or None,
            standing=Standing(self.standing.data),
            country_of_residence=self.country_of_residence.data or None,
            links=tuple(lines_of(self.links.data)),
        )


class EvidenceForm(StepForm):
    """One thing that somebody did."""

    kind = RadioField(
        _l("What it is"),
        choices=options(choices_of(EvidenceKind)),
        validators=[needed(_l("Choose what kind of thing it is."))],
    )
    title = StringField(
        _l("Title"),
        filters=[tidy_line],
        validators=[
            needed(_l("Give it a title, such as the role or the name of the work.")),
            Length(max=500, message=_l("Keep this under 500 characters.")),
        ],
    )
    text = text(_l("What you did"), EVIDENCE_LENGTH, _l("Keep this under 20,000 characters."))
    language = SelectField(_l("Language of this text"), default="")
    start_year = year(_l("First year"))
    end_year = year(_l("Last year"))
    link = URLField(_l("Link"), filters=[tidy_line], validators=[Length(max=500), web_address])

    @staticmethod
    def saved_of(item: EvidenceItem | None) -> dict[str, Any]:
        if item is None:
            return {}
        names = ("title", "text", "start_year", "end_year", "link")
        plain = {name: getattr(item, name) for name in names}
        return {**plain, "kind": item.kind.value, "language": item.language or ""}

    def prepare(self) -> None:
        self.language.choices = with_blank(languages.choices(), FIND_OUT)

    def values(self) -> v.Evidence:
        return v.Evidence(
            kind=EvidenceKind(self.kind.data),
            title=self.title.data or "",
            text=self.text.data or "",
            language=self.language.data or None,
            start_year=self.start_year.data,
            end_year=self.end_year.data,
            link=self.link.data or "",
        )


class SkillRow(RowForm):
    """One skill."""

    label = line(_l("Skill"))
    level = SelectField(
        _l("Level"), choices=with_blank(choices_of(SkillLevel), NOT_SAID), validators=[Optional()]
    )
    years = number(_l("Years"), 0, 70)


class SkillsForm(StepForm):
    """All skills, with a few empty rows; a row without words is gone."""

    ROWS: ClassVar[Mapping[str, int]] = {"skills": v.MOST_SKILLS}

    skills = FieldList(FormField(SkillRow), label=_l("Skills"), max_entries=MOST_ROWS)

    @staticmethod
    def saved_of(expert: Expert) -> dict[str, Any]:
        rows = [
            {
                "label": row.label,
                "level": row.level.value if row.level else "",
                "years": row.years,
            }
            for row in expert.skills
        ]
        return {"skills": rows}

    def values(self) -> list[v.SkillValue]:
        rows = [entry.form for entry in self.skills if entry.form.label.data]
        return [
            v.SkillValue(
                row.label.data or "", SkillLevel(row.level.data) if row.level.data else None,
                row.years.data,
            )
            for row in rows
        ]  # fmt: skip


class LanguageRow(RowForm):
    """A language and the level for working in it."""

    language = SelectField(_l("Language"), default="")
    level = SelectField(_l("Level"), default=Cefr.B2.value, choices=options(choices_of(Cefr)))


class TieRow(RowForm):
    """A country and how one is tied to it."""

    country = SelectField(_l("Country"), default="")
    kind = SelectField(_l("How"), default=TieKind.BORN.value, choices=options(choices_of(TieKind)))


class BelongingForm(StepForm):
    """Languages of delivery, and countries that one is tied to."""

    ROWS: ClassVar[Mapping[str, int]] = {"languages": v.MOST_LANGUAGES, "ties": v.MOST_TIES}

    languages = FieldList(FormField(LanguageRow), label=_l("Languages"), max_entries=MOST_ROWS)
    ties = FieldList(FormField(TieRow), label=_l("Countries"), max_entries=MOST_ROWS)

    @staticmethod
    def saved_of(expert: Expert) -> dict[str, Any]:
        return {
            "languages": [
                {"language": row.language, "level": row.level.value} for row in expert.languages
            ],
            "ties": [{"country": row.country, "kind": row.kind.value} for row in expert.ties],
        }

    def prepare(self) -> None:
        spoken = with_blank(languages.choices(), _l("None"))
        known = with_blank(countries.choices(), _l("None"))
        for entry in self.languages:
            entry.form.language.choices = spoken
        for tie in self.ties:
            tie.form.country.choices = known

    def values(self) -> v.Belonging:
        spoken = [entry.form for entry in self.languages if entry.form.language.data]
        tied = [entry.form for entry in self.ties if entry.form.country.data]
        return v.Belonging(
            languages=tuple((row.language.data, Cefr(row.level.data)) for row in spoken),
            ties=tuple((row.country.data, TieKind(row.kind.data)) for row in tied),
        )
