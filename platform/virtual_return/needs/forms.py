"""The four short forms of a brief; an unfinished answer is saved, an impossible one refused."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, ValidationError

from models import Need
from models.choices import (
    Bandwidth,
    Cefr,
    EngagementKind,
    Importance,
    LocalAvailability,
    Mode,
    Money,
    NeedVisibility,
)
from virtual_return.i18n import gettext as _
from virtual_return.institutions.fields import (
    LONG_ENOUGH,
    SHORT_ENOUGH,
    RowForm,
    grouped,
    needed,
    options,
    tidy,
    tidy_line,
    with_blank,
)
from virtual_return.needs.skills import MAXIMUM_LANGUAGES, MAXIMUM_SKILLS
from virtual_return.needs.values import How, Local, What, Who
from virtual_return.reference import countries, currencies, fields_of_study, languages, time_zones
from virtual_return.templating.labels import choices_of

NOT_SAID = _l("Not said yet")
YEARS = (2020, 2100)
# Empty rows cost a slow connection something, since each lists every language.
LANGUAGE_ROWS = 3


def line(label: Any, *validators: Any) -> StringField:
    return StringField(label, filters=[tidy_line], validators=[*validators, SHORT_ENOUGH])


def text(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[tidy], validators=[LONG_ENOUGH])


def radio(label: Any, kind: Any) -> RadioField:
    """One of a closed list, or no answer yet."""
    return RadioField(label, choices=options(choices_of(kind)), validators=[Optional()])


def number(label: Any, lowest: int, highest: int) -> IntegerField:
    message = _l(
        "Write a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest
    )
    return IntegerField(label, validators=[Optional(), NumberRange(lowest, highest, message)])


def sane_year(_form: Form, field: DateField) -> None:
    if field.data and not YEARS[0] <= field.data.year <= YEARS[1]:
        raise ValidationError(_l("Check the year."))


def day(label: Any) -> DateField:
    return DateField(label, validators=[Optional(), sane_year])


class WhatForm(FlaskForm):  # type: ignore[misc]
    """What should happen."""

    title = line(_l("Title"), needed(_l("Give the need a title; you can change it later.")))
    kind = radio(_l("Kind of engagement"), EngagementKind)
    field_of_study = SelectField(_l("Field"), default="")
    problem = text(_l("The problem"))
    tried = text(_l("What has been tried"))
    task = text(_l("The task"))
    deliverable = text(_l("What will be there at the end"))
    success = text(_l("How you will know that it worked"))
    who_learns = text(_l("Who learns from it"))
    continues_with = text(_l("Who carries it on afterwards"))
    sector = line(_l("Sector"))
    language = SelectField(_l("Language of this text"), default="")

    def prepare(self) -> None:
        self.field_of_study.choices = with_blank(
            grouped(fields_of_study.grouped_choices()), NOT_SAID
        )
        self.language.choices = with_blank(languages.choices(), _l("Find out from the text"))

    def show(self, need: Need) -> None:
        self.process(obj=need)
        self.kind.data = need.kind.value if need.kind else None
        self.language.data = need.language or ""

    def values(self) -> What:
        plain: dict[str, Any] = {
            name: self[name].data or "" for name in self.data if name != "csrf_token"
        }
        kind = EngagementKind(self.kind.data) if self.kind.data else None
        return What(**{**plain, "kind": kind, "language": self.language.data or None})


class LanguageForm(RowForm):
    """One language and the level that the work needs."""

    language = SelectField(_l("Language"), default="")
    level = SelectField(_l("At least"), default=Cefr.B2.value, choices=options(choices_of(Cefr)))


def few_lines(_form: Form, field: TextAreaField) -> None:
    lines = _lines(field.data)
    if len(lines) > MAXIMUM_SKILLS:
        raise ValidationError(_l("Name at most 15 skills, the most important first."))
    if any(len(item) > 200 for item in lines):
        raise ValidationError(_l("Keep each skill under 200 characters, one on a line."))


class WhoForm(FlaskForm):  # type: ignore[misc]
    """What the person brings."""

    must_have = TextAreaField(
        _l("Skills that the person must have"),
        filters=[tidy],
        validators=[LONG_ENOUGH, few_lines],
    )
    useful = TextAreaField(
        _l("Skills that would be useful"), filters=[tidy], validators=[LONG_ENOUGH, few_lines]
    )
    languages = FieldList(
        FormField(LanguageForm), min_entries=LANGUAGE_ROWS, max_entries=MAXIMUM_LANGUAGES
    )

    def prepare(self) -> None:
        known = with_blank(languages.choices(), _l("None"))
        for number, entry in enumerate(self.languages, start=1):
            entry.form.language.choices = known
            entry.form.language.label.text = _("Language %(number)s", number=number)
            entry.form.level.label.text = _("Language %(number)s: at least", number=number)

    def show(self, need: Need) -> None:
        for name, importance in (
            ("must_have", Importance.MUST_HAVE),
            ("useful", Importance.USEFUL),
        ):
            labels = [skill.label for skill in need.skills if skill.importance == importance]
            self[name].data = "\n".join(labels)
        while len(self.languages) < min(len(need.languages) + 1, MAXIMUM_LANGUAGES):
            self.languages.append_entry()
        for entry, row in zip(self.languages, need.languages, strict=False):
            entry.form.language.data, entry.form.level.data = row.language, row.level.value

    def values(self) -> Who:
        rows = [entry.form for entry in self.languages if entry.form.language.data]
        return Who(
            must_have=tuple(_lines(self.must_have.data)),
            useful=tuple(_lines(self.useful.data)),
            languages=tuple((row.language.data, Cefr(row.level.data)) for row in rows),
        )


class HowForm(FlaskForm):  # type: ignore[misc]
    """How, when and with whom."""

    mode = RadioField(
        _l("Where the work is done"), choices=options(choices_of(Mode)), default="remote"
    )
    hours_per_week = number(_l("Hours a week"), 1, 40)
    weeks = number(_l("Weeks"), 1, 104)
    window_start = day(_l("Not before"))
    latest_start = day(_l("Start at the latest"))
    window_end = day(_l("Done by"))
    overlap_hours = number(_l("Hours of the day that you must share"), 0, 12)
    time_zone = SelectField(_l("Your time zone"), default="")
    connectivity = radio(_l("Connection that the work needs"), Bandwidth)
    tools = text(_l("Tools"))
    host_contribution = text(_l("What you contribute"))
    money = radio(_l("Money"), Money)
    money_amount = DecimalField(
        _l("Amount"),
        validators=[Optional(), NumberRange(0, 1_000_000, _l("Write an amount under a million."))],
    )
    money_currency = SelectField(_l("Currency"), default="")
    money_payer = line(_l("Who pays"))
    counterpart_name = line(_l("Who works with the expert"))
    counterpart_role = line(_l("Their role"))
    unit_id = SelectField(_l("Unit"), default="")

    def prepare(self, need: Need) -> None:
        self.time_zone.choices = with_blank(time_zones.choices(), NOT_SAID)
        self.money_currency.choices = with_blank(currencies.choices(), NOT_SAID)
        units = [(str(unit.id), unit.name) for unit in need.institution.units]
        self.unit_id.choices = with_blank(units, _l("The whole institution"))

    def show(self, need: Need) -> None:
        self.process(obj=need)
        for name in ("mode", "connectivity", "money"):
            choice = getattr(need, name)
            self[name].data = choice.value if choice else None
        self.unit_id.data = str(need.unit_id or "")

    def values(self) -> How:
        plain: dict[str, Any] = {
            name: self[name].data for name in self.data if name != "csrf_token"
        }
        choices = {"mode": Mode, "connectivity": Bandwidth, "money": Money}
        for name, kind in choices.items():
            plain[name] = kind(plain[name]) if plain[name] else None
        plain["unit_id"] = int(plain["unit_id"]) if plain["unit_id"] else None
        amount = plain["money_amount"]
        plain["money_amount"] = None if amount is None else float(amount)
        return How(**{**plain, "mode": plain["mode"] or Mode.REMOTE})


class LocalForm(FlaskForm):  # type: ignore[misc]
    """What is there locally, and who may read the need."""

    local_availability = radio(_l("Is this expertise available locally?"), LocalAvailability)
    local_search = text(_l("How did you look?"))
    security_note = text(_l("Security note"))
    visibility = RadioField(
        _l("Who may read this need"),
        choices=options(choices_of(NeedVisibility)),
        default=NeedVisibility.PUBLIC.value,
    )

    def show(self, need: Need) -> None:
        self.process(obj=need)
        chosen = need.local_availability
        self.local_availability.data = chosen.value if chosen else None
        self.visibility.data = need.visibility.value

    def values(self) -> Local:
        chosen = self.local_availability.data
        return Local(
            local_availability=LocalAvailability(chosen) if chosen else None,
            local_search=self.local_search.data or "",
            security_note=self.security_note.data or "",
            visibility=NeedVisibility(self.visibility.data),
        )


class FilterForm(RowForm):
    """What the public list is narrowed to; it comes with the address."""

    field = SelectField(_l("Field"))
    kind = SelectField(_l("Kind"))
    mode = SelectField(_l("Where"))
    country = SelectField(_l("Country"))
    language = SelectField(_l("Language"))

    def prepare(self, country_codes: list[str], language_codes: list[str]) -> None:
        every = _l("All")
        named = dict(countries.choices())
        spoken = dict(languages.choices())
        self.field.choices = with_blank(fields_of_study.broad_choices(), every)
        self.kind.choices = with_blank(choices_of(EngagementKind), every)
        self.mode.choices = with_blank(choices_of(Mode), every)
        self.country.choices = with_blank(
            sorted(((code, named.get(code, code)) for code in country_codes), key=_by_name), every
        )
        self.language.choices = with_blank(
            sorted(((code, spoken.get(code, code)) for code in language_codes), key=_by_name),
            every,
        )


def _by_name(pair: tuple[str, str]) -> str:
    return str(pair[1]).casefold()


def _lines(value: str | None) -> list[str]:
    return [tidy for item in (value or "").split("\n") if (tidy := " ".join(item.split()))]
