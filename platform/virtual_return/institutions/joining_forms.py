"""Forms about belonging to an institution."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from models.choices import Role
from virtual_return.institutions.fields import needed, options, tidy, tidy_line
from virtual_return.institutions.joining import MESSAGE_LENGTH, ROLES
from virtual_return.institutions.queries import Member
from virtual_return.templating.labels import choices_of

_ROLE_CHOICES = [pair for pair in choices_of(Role) if pair[0] in {role.value for role in ROLES}]


class MemberForm(FlaskForm):  # type: ignore[misc]
    """One of the members."""

    member = RadioField(_l("Who"), validators=[needed(_l("Choose one of the members."))])

    def prepare(self, members: Sequence[Member]) -> None:
        self.member.choices = options((one.public_id, one.name or one.email) for one in members)


class JoiningForm(FlaskForm):  # type: ignore[misc]
    """Whether people at the domain may join by themselves, and in which role."""

    role = RadioField(
        _l("People with an address at our domain"),
        choices=options([("", _l("Ask, and an owner answers")), *_ROLE_CHOICES]),
        default="",
    )

    def chosen(self) -> Role | None:
        return Role(self.role.data) if self.role.data else None


class AskForm(FlaskForm):  # type: ignore[misc]
    """What somebody says to the owners."""

    message = TextAreaField(
        _l("Who are you there?"),
        filters=[tidy],
        validators=[
            needed(_l("Write a sentence, so that the owners know who asks.")),
            Length(max=MESSAGE_LENGTH, message=_l("Keep this under 1,000 characters.")),
        ],
    )


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """An owner's answer to a request."""

    role = SelectField(choices=options(_ROLE_CHOICES), default=Role.VIEWER.value)
    answer = StringField(validators=[AnyOf(("yes", "no"))])


class FindForm(FlaskForm):  # type: ignore[misc]
    """Words of a name."""

    class Meta:
        # It only reads, and its address may be kept.
        csrf = False

    q = StringField(
        _l("Name of your institution"),
        filters=[tidy_line],
        validators=[Length(max=200, message=_l("Keep this under 200 characters."))],
    )
