"""Who leaves loses access at once; what they did stays theirs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, MailMessage
from models.choices import Role
from tests.support.client import PageClient
from tests.support.factories import Cast, make_need
from virtual_return.institutions import permissions


def test_the_next_request_of_an_open_session_finds_nothing(
    client: PageClient, session: Session, cast: Cast
) -> None:
    member = client.sign_in(cast.member)
    pages = [
        f"/institutions/{cast.institution.public_id}",
        f"/institutions/{cast.institution.public_id}/members",
        f"/needs/{cast.need.public_id}/manage",
        f"/needs/{cast.need.public_id}/matches",
    ]
    for page in pages:
        member.get(page)
    owner = client.sign_in(cast.owner)
    base = f"/institutions/{cast.institution.public_id}/members/{cast.member.public_id}"
    owner.post(f"{base}/remove")
    for page in pages:
        member.get(page, status=404)
    member.post(f"/needs/{cast.need.public_id}/act/close", status=404)
    assert cast.institution.shown_name not in member.get("/institutions").text


def test_a_smaller_role_holds_at_the_next_request(
    client: PageClient, session: Session, cast: Cast
) -> None:
    member = client.sign_in(cast.member)
    edit = f"/institutions/{cast.institution.public_id}/edit"
    member.get(edit)
    base = f"/institutions/{cast.institution.public_id}/members/{cast.member.public_id}"
    client.sign_in(cast.owner).post(f"{base}/role", {"role": "viewer"})
    member.get(edit, status=403)


def test_what_they_did_stays_attributed(client: PageClient, session: Session, cast: Cast) -> None:
    need = make_need(session, cast.institution, created_by=cast.member)
    member = client.sign_in(cast.member)
    member.post(f"/needs/{need.public_id}/act/fill")
    base = f"/institutions/{cast.institution.public_id}/members/{cast.member.public_id}"
    client.sign_in(cast.owner).post(f"{base}/remove")
    session.refresh(need)
    assert need.created_by_id == cast.member.id
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "need.filled")).one()
    assert event.actor_id == cast.member.id


def test_who_is_taken_out_is_told(client: PageClient, session: Session, cast: Cast) -> None:
    base = f"/institutions/{cast.institution.public_id}/members/{cast.member.public_id}"
    client.sign_in(cast.owner).post(f"{base}/remove")
    mail = session.scalars(select(MailMessage)).one()
    assert (mail.kind, mail.user_id) == ("member_removed", cast.member.id)
    assert cast.institution.shown_name not in mail.subject


def test_an_owner_who_becomes_a_viewer_is_led_on(
    client: PageClient, session: Session, cast: Cast
) -> None:
    base = f"/institutions/{cast.institution.public_id}/members"
    owner = client.sign_in(cast.owner)
    owner.post(f"{base}/{cast.member.public_id}/role", {"role": "owner"})
    answer = owner.post(f"{base}/{cast.owner.public_id}/role", {"role": "viewer"})
    owner.follow(answer)
    session.expire_all()
    assert permissions.role_of(cast.owner, cast.institution) == Role.VIEWER
