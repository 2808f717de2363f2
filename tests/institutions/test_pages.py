"""The pages of an institution, for everybody who might open them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Institution, Membership, Unit
from models.choices import Role, VerificationState
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_user

FORM = {
    "name": "Jaamacadda Cusub",
    "kind": "university",
    "country": "SO",
    "domain": "https://www.New.example/about",
    "website": "https://new.example",
    "size": "40",
    "units": "Library\nFaculty of Health",
}


def pages_of(institution: Institution) -> list[str]:
    base = f"/institutions/{institution.public_id}"
    return [base, f"{base}/edit", f"{base}/verification", f"{base}/appeal", f"{base}/members"]


def test_a_visitor_is_asked_to_sign_in(client: PageClient, cast: Cast) -> None:
    for path in ["/institutions", "/institutions/new", *pages_of(cast.institution)]:
        assert "/sign-in" in client.get(path, status=302).location


def test_a_stranger_and_a_coordinator_find_nothing(client: PageClient, cast: Cast) -> None:
    for user in (cast.stranger, cast.coordinator):
        browser = client.sign_in(user)
        for path in [*pages_of(cast.institution), "/institutions/nothing"]:
            browser.get(path, status=404)
        member = cast.member.public_id
        base = f"/institutions/{cast.institution.public_id}/members/{member}"
        browser.post(f"{base}/role", {"role": "viewer"}, status=404)
        browser.post(f"{base}/remove", status=404)


def test_a_viewer_reads_and_changes_nothing(
    client: PageClient, session: Session, cast: Cast
) -> None:
    viewer = make_user(session)
    add_member(session, cast.institution, viewer, Role.VIEWER)
    browser = client.sign_in(viewer)
    show, edit, verification, appeal, members = pages_of(cast.institution)
    assert "Change the description" not in browser.get(show).text
    assert "Send the invitation" not in browser.get(members).text
    for path in (edit, verification, appeal):
        browser.get(path, status=403)
    browser.post(edit, FORM, status=403)
    browser.post(members, {"email": "a@example.org", "role": "owner"}, status=403)


def test_somebody_new_is_told_how_to_begin(client: PageClient, cast: Cast) -> None:
    page = client.sign_in(cast.stranger).get("/institutions")
    assert page.links["Find your institution"] == "/institutions/find"
    assert page.links["Describe your institution"] == "/institutions/new"


def test_an_institution_is_described_and_submitted(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.stranger)
    page = browser.follow(browser.submit(browser.get("/institutions/new"), FORM))
    assert page.h1 == "Jaamacadda Cusub"
    assert "not verified yet" in page.text
    institution = session.scalar(select(Institution).where(Institution.name == FORM["name"]))
    assert institution is not None
    assert institution.domain == "new.example"
    assert [unit.name for unit in institution.units] == ["Library", "Faculty of Health"]
    form = browser.get(page.links["Ask for verification"])
    page = browser.follow(browser.submit(form, {"evidence": "See our web site."}))
    assert "Waiting for verification" in page.text
    assert "Jaamacadda Cusub" in browser.get("/institutions").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\x00 \u202e"),
        ("name", "a" * 201),
        ("kind", ""),
        ("kind", "secret_service"),
        ("country", ""),
        ("country", "ZZ"),
        ("website", "javascript:alert(1)"),
        ("website", "data:text/html,x"),
        ("website", "https://"),
        ("website", "http://[bad"),
        ("domain", "not a domain"),
        ("domain", "x" * 300 + ".example"),
        ("description", "a" * 4001),
        ("size", "0"),
        ("size", "-4"),
        ("size", "many"),
        ("size", "9" * 30),
    ],
)
def test_a_hostile_answer_is_refused_and_kept(
    client: PageClient, session: Session, cast: Cast, field: str, value: str
) -> None:
    browser = client.sign_in(cast.stranger)
    page = browser.post("/institutions/new", {**FORM, field: value}, status=422)
    assert page.document.all("title")[0].text.startswith("Error: ")
    assert "Faculty of Health" in page.html
    assert session.scalar(select(Membership).where(Membership.user_id == cast.stranger.id)) is None


def test_markup_in_a_name_stays_text(client: PageClient, cast: Cast) -> None:
    browser = client.sign_in(cast.stranger)
    answer = browser.post("/institutions/new", {**FORM, "name": "<script>alert(1)</script>"})
    page = browser.follow(answer)
    assert "<script>alert" not in page.html
    assert page.h1 == "<script>alert(1)</script>"


def test_a_verified_name_cannot_be_changed_and_the_form_says_so(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.owner)
    cast.institution.units = [Unit(name="Library"), Unit(name="Archive")]
    edit = browser.get(f"/institutions/{cast.institution.public_id}/edit")
    browser.submit(edit, {"city": "Berbera"})
    assert [unit.name for unit in cast.institution.units] == ["Library", "Archive"]
    assert cast.institution.city == "Berbera"
    page = browser.submit(edit, {"name": "World Bank", "city": "Washington"}, status=422)
    assert "were verified" in page.text
    assert cast.institution.name != "World Bank"
    assert cast.institution.city == "Berbera"


def test_a_returned_description_is_mended_or_appealed(
    client: PageClient, session: Session, cast: Cast
) -> None:
    cast.institution.state = VerificationState.CHANGES_REQUESTED
    cast.institution.review_note = "Which faculty is it?"
    browser = client.sign_in(cast.member)
    page = browser.get(f"/institutions/{cast.institution.public_id}")
    assert "Which faculty is it?" in page.text
    form = browser.get(page.links["Appeal"])
    assert "Which faculty is it?" in form.text
    browser.submit(form, {"appeal": ""}, status=422)
    browser.submit(form, {"appeal": "All of them."})
    assert cast.institution.state == VerificationState.SUBMITTED


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 300 + "@example.org", "a@b.c\nBcc: d"]
)
def test_an_invitation_needs_an_address(client: PageClient, cast: Cast, email: str) -> None:
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{cast.institution.public_id}/members"
    browser.post(path, {"email": email, "role": "editor"}, status=422)


def test_a_forged_invitation_leads_nowhere(client: PageClient, cast: Cast) -> None:
    client.sign_in(cast.stranger).get("/institutions/join/forged.link", status=404)


def test_an_owner_changes_roles_and_never_removes_the_last_owner(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.owner)
    base = f"/institutions/{cast.institution.public_id}/members"
    browser.post(f"{base}/{cast.member.public_id}/role", {"role": "viewer"})
    browser.post(f"{base}/{cast.member.public_id}/role", {"role": "emperor"}, status=422)
    page = browser.post(f"{base}/{cast.owner.public_id}/remove", status=409)
    assert "needs an owner" in page.text
    browser.post(f"{base}/{cast.owner.public_id}/role", {"role": "editor"}, status=409)
    browser.post(f"{base}/{cast.member.public_id}/remove")
    browser.post(f"{base}/nobody/remove", status=404)
    roles = session.scalars(
        select(Membership.role).where(Membership.institution_id == cast.institution.id)
    ).all()
    assert roles == [Role.OWNER]


def test_a_member_leaves(client: PageClient, session: Session, cast: Cast) -> None:
    browser = client.sign_in(cast.member)
    base = f"/institutions/{cast.institution.public_id}/members"
    answer = browser.post(f"{base}/{cast.member.public_id}/remove")
    assert answer.location == "/institutions"
    browser.get(base, status=404)
