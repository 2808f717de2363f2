"""Forms of institutions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Email, Length, NumberRange, Optional

from models import Institution
from models.choices import InstitutionKind, Relation, Role
from virtual_return.institutions.fields import (
    LONG_ENOUGH,
    SHORT_ENOUGH,
    domain_name,
    needed,
    options,
    tidy,
    tidy_domain,
    tidy_line,
    web_address,
    with_blank,
)
from virtual_return.institutions.operations import Description
from virtual_return.reference import countries
from virtual_return.templating.labels import choices_of

LARGEST_SIZE = 1_000_000


class DescriptionForm(FlaskForm):  # type: ignore[misc]
    """What an institution says of itself."""

    name = StringField(
        _l("Name in its own language"),
        filters=[tidy_line],
        validators=[needed(_l("Write the name of the institution.")), SHORT_ENOUGH],
    )
    working_name = StringField(
        _l("Name in English or French"), filters=[tidy_line], validators=[SHORT_ENOUGH]
    )
    kind = RadioField(
        _l("Kind"),
        choices=options(choices_of(InstitutionKind)),
        validators=[needed(_l("Choose what kind of institution it is."))],
    )
    relation = RadioField(
        _l("What it is to this programme"),
        choices=options(choices_of(Relation)),
        default=Relation.HOST.value,
        validators=[Optional()],
    )
    country = SelectField(_l("Country"), validators=[needed(_l("Choose the country."))])
    city = StringField(_l("City"), filters=[tidy_line], validators=[SHORT_ENOUGH])
    domain = StringField(_l("Web domain"), filters=[tidy_domain], validators=[domain_name])
    website = URLField(
        _l("Web site"), filters=[tidy_line], validators=[Length(max=500), web_address]
    )
    description = TextAreaField(
        _l("What the institution does"), filters=[tidy], validators=[LONG_ENOUGH]
    )
    size = IntegerField(
        _l("People who would learn"),
        validators=[
            Optional(),
            NumberRange(1, LARGEST_SIZE, _l("Write a number from 1 to 1,000,000.")),
        ],
    )
    units = TextAreaField(
        _l("Faculties, departments or offices"), filters=[tidy], validators=[LONG_ENOUGH]
    )

    # Asked only where something very much alike is verified already.
    is_another = BooleanField(_l("Ours is another institution than these"))

    def prepare(self) -> None:
        """Fill the choices, whose names depend on the reader's language."""
        self.country.choices = with_blank(countries.choices(), _l("Choose a country"))

    def show(self, institution: Institution) -> None:
        """Fill the form from an institution."""
        names = [field.name for field in self if hasattr(institution, field.name)]
        values = {name: getattr(institution, name) for name in names}
        values["kind"] = institution.kind.value
        values["relation"] = institution.relation.value
        values["units"] = "\n".join(unit.name for unit in institution.units)
        self.process(data=values)

    def values(self) -> Description:
        """Return the plain values."""
        return Description(
            name=self.name.data or "",
            working_name=self.working_name.data or "",
            kind=InstitutionKind(self.kind.data),
            relation=Relation(self.relation.data or Relation.HOST),
            country=self.country.data,
            city=self.city.data or "",
            domain=self.domain.data or "",
            website=self.website.data or "",
            description=self.description.data or "",
            size=self.size.data,
            units=tuple(tidy_line(line)[:200] for line in (self.units.data or "").split("\n")),
        )


class EvidenceForm(FlaskForm):  # type: ignore[misc]
    """How programme staff can verify that the institution is what it says."""

    # Not needed beside a proof; the operation looks at both.
    evidence = TextAreaField(
        _l("How can we verify this?"), filters=[tidy], validators=[LONG_ENOUGH]
    )


class AppealForm(FlaskForm):  # type: ignore[misc]
    """An answer to a refusal."""

    appeal = TextAreaField(
        _l("Your appeal"),
        filters=[tidy],
        validators=[
            needed(_l("Write why the decision should be looked at again.")),
            LONG_ENOUGH,
        ],
    )


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Whom an owner asks to join."""

    email = EmailField(
        _l("E-mail address"),
        filters=[tidy_line],
        validators=[
            needed(_l("Write the e-mail address of the person.")),
            Length(max=254),
            Email(message=_l("Write an address such as name@university.example.")),
        ],
    )
    role = RadioField(
        _l("Role"),
        choices=options(choices_of(Role)),
        default=Role.EDITOR.value,
        validators=[needed(_l("Choose a role."))],
    )


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Another role for a member."""

    role = SelectField(_l("Role"), choices=options(choices_of(Role)))
