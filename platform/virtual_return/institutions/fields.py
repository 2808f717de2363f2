"""What form fields of institutions and needs share: tidy text, honest addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import Translations, translations
from wtforms import Field, Form

# The types of WTForms describe an older version.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import Length, StopValidation, ValidationError

from virtual_return.errors import DomainError

SHORT = 200
LONG = 4_000
SHORT_ENOUGH = Length(max=SHORT, message=_l("Keep this under 200 characters."))
LONG_ENOUGH = Length(max=LONG, message=_l("Keep this under 4,000 characters."))
HOST_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
# Control characters but tab and line breaks: PostgreSQL refuses NUL, and readers see none of them.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class RowForm(Form):
    """A form without a token, such as a row of a list, that speaks the reader's language."""

    class Meta(DefaultMeta):
        def get_translations(self, form: BaseForm) -> Translations:  # noqa: ARG002
            return translations


def tidy(value: str | None) -> str:
    """Drop what nobody can see, and spaces around the text."""
    return UNSEEN.sub("", value or "").replace("\r\n", "\n").strip()


def tidy_line(value: str | None) -> str:
    """Return text that fits on one line."""
    return " ".join(tidy(value).split())


def tidy_domain(value: str | None) -> str:
    """Return the host name of what may be a whole address."""
    text = tidy_line(value).lower()
    host = text.partition("://")[2] or text
    return host.partition("/")[0].removeprefix("www.").rstrip(".")


def domain_name(_form: Form, field: Field) -> None:
    """Refuse what is no host name."""
    if field.data and not HOST_NAME.fullmatch(field.data):
        raise ValidationError(_l("Write a web domain such as university.example."))


def web_address(_form: Form, field: Field) -> None:
    """Refuse every scheme but http and https: this text becomes a link."""
    if not field.data:
        return
    try:
        parts = urlsplit(field.data)
    except ValueError as error:
        raise ValidationError(_l("Write a web address such as https://…")) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in field.data:
        raise ValidationError(_l("Write a web address that begins with https://"))


def needed(message: Any) -> Needed:
    """Ask for an answer, in words that fit the question."""
    return Needed(message)


class Needed:
    """Demand text after tidying, and mark the field as required."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the class.

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data is None or field.data == "":
            raise StopValidation(self.message)


def add_error(form: FlaskForm, error: DomainError) -> None:
    """Show what an operation refused above the form, which keeps what was typed."""
    form.form_errors = [*form.form_errors, error.message]


def options(pairs: Iterable[Any]) -> list[Any]:
    """Return (value, words) pairs as the choices that a field takes."""
    return [
        pair if isinstance(pair, SelectChoice) else SelectChoice(pair[0], pair[1]) for pair in pairs
    ]


def grouped(groups: Mapping[str, Iterable[tuple[str, str]]]) -> list[Any]:
    """Return choices under the names of their groups."""
    return [
        SelectChoice(value, words, optgroup=name)
        for name, pairs in groups.items()
        for value, words in pairs
    ]


def with_blank(pairs: Iterable[Any], words: Any) -> list[Any]:
    """Put an empty first choice before the others, so that nothing is chosen by accident."""
    return options([("", words), *pairs])
