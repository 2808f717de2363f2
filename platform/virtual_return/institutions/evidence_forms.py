"""Forms through which an institution shows what it is."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import EmailField, HiddenField
from wtforms.validators import AnyOf, Email, Length

from models.choices import ProofKind
from virtual_return.institutions.fields import needed, tidy_line


class EmailProofForm(FlaskForm):  # type: ignore[misc]
    """An address at the institution's own domain."""

    email = EmailField(
        _l("Address at the institution"),
        filters=[tidy_line],
        validators=[
            needed(_l("Write an address at the institution's own domain.")),
            Length(max=254),
            Email(message=_l("Write an address such as name@university.example.")),
        ],
    )


class DomainProofForm(FlaskForm):  # type: ignore[misc]
    """Which of the two that the worker looks for."""

    kind = HiddenField(validators=[AnyOf([ProofKind.DNS.value, ProofKind.SITE_FILE.value])])


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A document; its name and what the browser says of it are not looked at."""

    document = FileField(_l("Document"))


class EmptyForm(FlaskForm):  # type: ignore[misc]
    """A button that changes something."""
