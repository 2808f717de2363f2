"""Describe an institution, submit it, appeal."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution
from models.choices import InstitutionKind, Role, VerificationState
from tests.support.factories import Cast, add_member, make_institution, make_user
from virtual_return.errors import Conflict, Forbidden, Invalid, NotFound
from virtual_return.institutions import operations
from virtual_return.institutions.operations import Description

DESCRIPTION = Description(
    name="Jaamacadda Cusub",
    working_name="New University",
    kind=InstitutionKind.UNIVERSITY,
    country="SO",
    city="Borama",
    domain="new.example",
    units=("Faculty of Health", "Library", "Library"),
)


def actions(session: Session, institution: Institution) -> list[str]:
    session.flush()
    return list(
        session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.object_kind == "institution", AuditEvent.object_id == institution.id)
            .order_by(AuditEvent.id)
        )
    )


def as_described(institution: Institution) -> Description:
    return Description(
        name=institution.name,
        working_name=institution.working_name,
        kind=institution.kind,
        country=institution.country,
        city=institution.city,
        domain=institution.domain,
    )


def test_a_new_institution_is_a_draft_with_its_author_as_owner(
    session: Session, cast: Cast
) -> None:
    institution = operations.create(session, cast.stranger, DESCRIPTION)
    assert institution.state == VerificationState.DRAFT
    assert [(item.user_id, item.role) for item in institution.memberships] == [
        (cast.stranger.id, Role.OWNER)
    ]
    assert [unit.name for unit in institution.units] == ["Faculty of Health", "Library"]
    assert actions(session, institution) == ["institution.created"]


def test_nobody_makes_institutions_without_end(session: Session) -> None:
    user = make_user(session)
    for _ in range(operations.MAXIMUM_OWNED):
        make_institution(session, owner=user)
    with pytest.raises(Conflict):
        operations.create(session, user, DESCRIPTION)


def test_an_editor_edits_and_units_keep_their_rows(session: Session, cast: Cast) -> None:
    institution = operations.create(session, cast.stranger, DESCRIPTION)
    library = institution.units[1].id
    editor = make_user(session)
    add_member(session, institution, editor)
    operations.edit(
        session, editor, institution, replace(DESCRIPTION, units=("Library", "Archive"))
    )
    assert [unit.name for unit in institution.units] == ["Library", "Archive"]
    assert institution.units[0].id == library


def test_a_stranger_finds_nothing_and_a_viewer_changes_nothing(
    session: Session, cast: Cast
) -> None:
    institution = operations.create(session, cast.owner, DESCRIPTION)
    viewer = make_user(session)
    add_member(session, institution, viewer, Role.VIEWER)
    for verb in (
        lambda user: operations.edit(session, user, institution, DESCRIPTION),
        lambda user: operations.submit(session, user, institution, "A letter."),
        lambda user: operations.appeal(session, user, institution, "Please."),
    ):
        for outsider in (cast.stranger, cast.coordinator):
            with pytest.raises(NotFound):
                verb(outsider)
        with pytest.raises(Forbidden):
            verb(viewer)


def test_what_was_verified_stands_still(session: Session, cast: Cast) -> None:
    described = as_described(cast.institution)
    operations.edit(session, cast.owner, cast.institution, replace(described, city="Berbera"))
    assert cast.institution.city == "Berbera"
    for change in (
        {"name": "World Health Organization"},
        {"country": "KE"},
        {"domain": "who.int"},
        {"kind": InstitutionKind.NGO},
    ):
        with pytest.raises(Conflict):
            operations.edit(session, cast.owner, cast.institution, replace(described, **change))


def test_submission_needs_evidence(session: Session, cast: Cast) -> None:
    institution = operations.create(session, cast.owner, DESCRIPTION)
    with pytest.raises(Invalid):
        operations.submit(session, cast.owner, institution, "   ")
    operations.submit(session, cast.owner, institution, "Our charter is on our web site.")
    assert institution.state == VerificationState.SUBMITTED
    with pytest.raises(Conflict):
        operations.submit(session, cast.owner, institution, "Once more.")
    with pytest.raises(Conflict):
        operations.edit(session, cast.owner, institution, DESCRIPTION)


def test_an_appeal_brings_a_returned_description_back_to_the_queue(
    session: Session, cast: Cast
) -> None:
    cast.institution.state = VerificationState.CHANGES_REQUESTED
    with pytest.raises(Invalid):
        operations.appeal(session, cast.owner, cast.institution, " ")
    operations.appeal(session, cast.owner, cast.institution, "The charter was attached.")
    assert cast.institution.state == VerificationState.SUBMITTED
    assert cast.institution.appeal == "The charter was attached."


def test_an_appeal_does_not_lift_a_suspension(session: Session, cast: Cast) -> None:
    cast.institution.state = VerificationState.SUSPENDED
    operations.appeal(session, cast.owner, cast.institution, "We answered the complaint.")
    assert cast.institution.state == VerificationState.SUSPENDED
    assert cast.institution.appeal


def test_there_is_no_appeal_without_a_refusal(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        operations.appeal(session, cast.owner, cast.institution, "Just in case.")
