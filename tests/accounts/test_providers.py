"""Many providers at once: rows that coordinators manage, and how far the word of each goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Affiliation, AuditEvent, Identity, Provider, User, now
from models.choices import ProviderPreset
from tests.accounts.conftest import LinkFor, go_to_provider, through_provider
from tests.support import oidc_provider
from tests.support.client import PageClient
from tests.support.factories import Cast, make_user
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.support.oidc_provider import Provider as Lying
from tests.support.sign_in import sign_in
from virtual_return.accounts.providers import operations, search, trusted
from virtual_return.accounts.providers.clients import is_safe, require_public
from virtual_return.accounts.providers.operations import Wanted
from virtual_return.config import Settings
from virtual_return.errors import Conflict, Invalid, NotFound

Add = Callable[..., Provider]


@pytest.fixture
def other() -> Iterator[Lying]:
    """A second provider on loopback."""
    provider = Lying(subject="subject-2", email="salma@other.example")
    server = oidc_provider.start(provider)
    yield provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def add(session: Session, cast: Cast, settings: Settings) -> Add:
    """Let a coordinator trust a provider on loopback."""

    def add(there: Lying, **values: Any) -> Provider:
        wanted = Wanted(
            **{
                "preset": ProviderPreset.CUSTOM,
                "issuer": there.issuer,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "names": {"en": "University of Rows", "ar": "جامعة الصفوف"},
                "domains": ("uni.example",),
                "trusts_email": True,
                "affiliation_claim": "eduperson_scoped_affiliation",
                **values,
            }
        )
        row = operations.add(session, cast.coordinator, wanted, settings)
        session.commit()
        return row

    return add


def people(session: Session, email: str) -> list[User]:
    return list(session.scalars(select(User).where(User.email == email)))


def causes(session: Session) -> list[str]:
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "sign_in.refused").order_by(AuditEvent.id)
    )
    return [event.details["cause"] for event in events]


def test_a_row_lets_people_in_with_nothing_restarted(
    client: PageClient, session: Session, provider: Lying, add: Add
) -> None:
    assert "University of Rows" not in client.get("/sign-in").text
    row = add(provider)
    assert "University of Rows" in client.get("/sign-in").text
    assert through_provider(client, f"/sign-in/account/{row.public_id}").location == "/welcome"
    assert provider.requests[-1]["redirect_uri"].endswith(f"/sign-in/callback/{row.public_id}")
    assert len(people(session, "scholar@uni.example")) == 1


def test_the_secret_is_encrypted_and_shown_nowhere(
    client: PageClient, session: Session, cast: Cast, provider: Lying, add: Add
) -> None:
    row = add(provider)
    assert CLIENT_SECRET not in row.client_secret_sealed
    page = client.sign_in(cast.coordinator).get(f"/coordination/providers/{row.public_id}")
    assert CLIENT_SECRET not in page.html
    assert CLIENT_SECRET not in repr(trusted.from_row(row, Settings(environment="test")))


def test_an_address_outside_its_domains_is_asked_for_and_never_taken(
    client: PageClient, session: Session, provider: Lying, add: Add, link_for: LinkFor
) -> None:
    provider.email = "salma@gmail.example"
    row = add(provider)
    page = through_provider(client, f"/sign-in/account/{row.public_id}", status=409)
    assert "does not confirm your address" in page.h1
    assert people(session, "salma@gmail.example") == []
    # Whoever shows an address by a link in the same browser is asked whether to link.
    client.submit(page, {"email": "salma@mail.example"}, action="/sign-in")
    answer = client.submit(client.get(link_for("salma@mail.example")))
    assert answer.location.startswith("/settings/account")
    asked = client.follow(answer)
    assert "Go on at University of Rows" in asked.text
    # A sign-in there that may be somebody else's open session is no yes: it is shown once more.
    client.post("/settings/account", {"do": "link"}, status=400)
    assert session.scalars(select(Identity)).all() == []
    again = through_provider(client, f"/sign-in/account/{row.public_id}?link=1")
    client.submit(client.follow(again), {"do": "link"}, action="/settings/account")
    assert session.scalars(select(Identity)).one().user.email == "salma@mail.example"
    assert causes(session) == ["address_not_vouched"]


def test_a_trusted_address_of_somebody_else_links_only_after_both_were_shown(
    client: PageClient, session: Session, provider: Lying, add: Add, link_for: LinkFor
) -> None:
    owner = make_user(session, email="scholar@uni.example")
    row = add(provider)
    page = through_provider(client, f"/sign-in/account/{row.public_id}", status=409)
    assert session.scalars(select(Identity)).all() == []
    client.submit(page, {"email": "scholar@uni.example"}, action="/sign-in")
    answer = client.submit(client.get(link_for("scholar@uni.example")))
    assert "Go on at University of Rows" in client.follow(answer).text
    again = through_provider(client, f"/sign-in/account/{row.public_id}?link=1")
    client.submit(client.follow(again), {"do": "link"}, action="/settings/account")
    assert session.scalars(select(Identity)).one().user_id == owner.id


def test_a_link_can_be_left(
    client: PageClient, session: Session, provider: Lying, add: Add, link_for: LinkFor
) -> None:
    provider.email = None
    row = add(provider)
    page = through_provider(client, f"/sign-in/account/{row.public_id}", status=409)
    client.submit(page, {"email": "salma@mail.example"}, action="/sign-in")
    client.submit(client.get(link_for("salma@mail.example")))
    client.post("/settings/account", {"do": "leave"})
    assert session.scalars(select(Identity)).all() == []
    assert client.get("/settings/account", status=302).location == "/settings"


def test_the_same_address_at_two_issuers_stays_two_identities(
    client: PageClient, session: Session, provider: Lying, other: Lying, add: Add
) -> None:
    first = add(provider)
    second = add(other, domains=("other.example", "uni.example"), names={"en": "Other"})
    through_provider(client, f"/sign-in/account/{first.public_id}")
    client.post("/sign-out")
    other.email = "scholar@uni.example"
    through_provider(client, f"/sign-in/account/{second.public_id}", status=409)
    assert len(session.scalars(select(Identity)).all()) == 1


def test_an_answer_at_another_providers_callback_is_refused(
    client: PageClient, session: Session, provider: Lying, other: Lying, add: Add
) -> None:
    first, second = add(provider), add(other, names={"en": "Other"})
    back = go_to_provider(client, f"/sign-in/account/{first.public_id}")
    mixed = back.replace(first.public_id, second.public_id)
    client.get(mixed, status=400)
    # And the issuer that an answer names must be that of the callback (RFC 9207).
    back = go_to_provider(client, f"/sign-in/account/{first.public_id}")
    client.get(f"{back}&iss={other.issuer}", status=400)
    assert causes(session) == ["no_attempt", "issuer_mixed_up"]
    assert session.scalars(select(Identity)).all() == []


def test_a_provider_that_is_off_lets_nobody_in_and_loses_no_account(
    client: PageClient, session: Session, cast: Cast, provider: Lying, add: Add
) -> None:
    row = add(provider)
    through_provider(client, f"/sign-in/account/{row.public_id}")
    client.post("/sign-out")
    staff = client.sign_in(cast.coordinator)
    staff.post(f"/coordination/providers/{row.public_id}/act", {"do": "off"})
    client.get(f"/sign-in/account/{row.public_id}", status=404)
    staff.post(f"/coordination/providers/{row.public_id}/act", {"do": "delete"}, status=409)
    staff.post(f"/coordination/providers/{row.public_id}/act", {"do": "on"})
    through_provider(client, f"/sign-in/account/{row.public_id}")
    assert len(people(session, "scholar@uni.example")) == 1


def test_affiliations_are_dated_evidence_and_no_key(
    client: PageClient, session: Session, provider: Lying, add: Add
) -> None:
    row = add(provider)
    provider.claims = {
        "eduperson_scoped_affiliation": [
            "Faculty@uni.example", "member@evil.example", "<b>", 7, "x" * 300,
        ]
    }  # fmt: skip
    through_provider(client, f"/sign-in/account/{row.public_id}")
    rows = session.scalars(select(Affiliation).order_by(Affiliation.id)).all()
    assert [(item.value, item.is_vouched) for item in rows] == [
        ("faculty@uni.example", True), ("member@evil.example", False),
    ]  # fmt: skip
    # Somebody else at another place tomorrow: the account stays the same.
    client.post("/sign-out")
    provider.claims = {"eduperson_scoped_affiliation": "student@new.example"}
    through_provider(client, f"/sign-in/account/{row.public_id}")
    rows = session.scalars(select(Affiliation).order_by(Affiliation.id)).all()
    assert [item.is_vouched for item in rows] == [False, False, False]
    assert len(people(session, "scholar@uni.example")) == 1


@pytest.mark.parametrize(
    ("preset", "claims", "confirmed"),
    [
        (ProviderPreset.CUSTOM, {"email_verified": True}, True),
        (ProviderPreset.CUSTOM, {"email_verified": "true"}, False),
        (ProviderPreset.CUSTOM, {}, False),
        (ProviderPreset.ENTRA, {"email_verified": True}, False),
        (ProviderPreset.ENTRA, {"xms_edov": False}, False),
        (ProviderPreset.ENTRA, {"xms_edov": "1"}, True),
    ],
)
def test_each_provider_confirms_an_address_in_its_own_way(
    preset: ProviderPreset, claims: dict[str, Any], confirmed: bool
) -> None:
    one = trusted.Trusted("k", "https://i.example", "c", "s", {}, preset=preset)
    assert one.confirms(claims) is confirmed


@pytest.mark.parametrize(
    ("preset", "organisation", "claims", "comes_in"),
    [
        (ProviderPreset.GOOGLE, "uni.example", {"hd": "uni.example"}, True),
        (ProviderPreset.GOOGLE, "uni.example", {}, False),
        (ProviderPreset.GOOGLE, "uni.example", {"hd": "evil.example"}, False),
        (ProviderPreset.GOOGLE, "", {}, True),
        (ProviderPreset.ENTRA, "T-1", {"tid": "t-1"}, True),
        (ProviderPreset.ENTRA, "T-1", {"tid": "t-2"}, False),
    ],
)
def test_one_organisation_alone_comes_in(
    preset: ProviderPreset, organisation: str, claims: dict[str, str], comes_in: bool
) -> None:
    one = trusted.Trusted(
        "k", "https://i.example", "c", "s", {}, preset=preset, organisation=organisation
    )
    assert one.is_of_organisation(claims) is comes_in


@pytest.mark.parametrize(
    ("address", "email", "counts"),
    [
        (("uni.example",), "a@uni.example", True),
        (("uni.example",), "a@cs.uni.example", True),
        (("uni.example",), "a@evil-uni.example", False),
        (("uni.example",), "a@uni.example.evil.example", False),
        ((), "a@uni.example", False),
    ],
)
def test_its_word_counts_at_its_domains_alone(
    address: tuple[str, ...], email: str, counts: bool
) -> None:
    one = trusted.Trusted("k", "https://i.example", "c", "s", {}, domains=address)
    assert one.may_vouch_for(email) is counts


@pytest.mark.parametrize(
    ("address", "in_production", "in_development"),
    [
        ("https://idp.example/realm", True, True),
        ("http://idp.example", False, False),
        ("http://127.0.0.1:8080", False, True),
        ("https://user:pass@idp.example", False, False),
        ("ftp://idp.example", False, False),
        ("file:///etc/passwd", False, False),
        ("https://", False, False),
        ("", False, False),
    ],
)
def test_only_safe_addresses_are_asked(
    address: str, in_production: bool, in_development: bool
) -> None:
    assert is_safe(address, Settings(environment="production")) is in_production
    assert is_safe(address, Settings(environment="development")) is in_development


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://idp.example"},
        {"names": {}},
        {"client_secret": ""},
        {"domains": (), "trusts_email": True},
        {"scopes": "email"},
        {"preset": ProviderPreset.ENTRA, "organisation": ""},
        {"preset": ProviderPreset.ORCID, "trusts_email": True},
    ],
)
def test_what_would_be_unsafe_is_refused(
    add: Add, provider: Lying, changes: dict[str, Any], session: Session
) -> None:
    with pytest.raises(Invalid):
        add(provider, **changes)
    assert session.scalars(select(Provider)).all() == []


def test_an_issuer_is_there_once_and_stays_what_it_is(
    session: Session, cast: Cast, settings: Settings, provider: Lying, other: Lying, add: Add
) -> None:
    row = add(provider)
    with pytest.raises(Conflict):
        add(provider)
    wanted = Wanted(ProviderPreset.CUSTOM, other.issuer, "c", "", {"en": "Moved"})
    with pytest.raises(Invalid):
        operations.edit(session, cast.coordinator, row, wanted, settings)
    with pytest.raises(NotFound):
        operations.edit(session, cast.owner, row, wanted, settings)


def test_a_secret_that_cannot_be_read_any_more_hides_the_provider_alone(
    client: PageClient, session: Session, provider: Lying, other: Lying, add: Add
) -> None:
    row = add(provider, names={"en": "Unreadable"})
    add(other, names={"en": "Readable"})
    row.client_secret_sealed = "gAAAAA-of-another-key"
    page = client.get("/sign-in")
    assert "Readable" in page.text
    assert "Unreadable" not in page.text


def test_a_coordinator_adds_and_tests_a_provider_in_the_browser(
    client: PageClient, session: Session, cast: Cast, provider: Lying
) -> None:
    staff = client.sign_in(cast.coordinator)
    assert "eduTEAMS" in staff.get("/coordination/providers").text
    form = staff.get("/coordination/providers/new/custom")
    answer = staff.submit(
        form,
        {
            "issuer": provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "name_en": "University of Pages",
            "domains": "@Uni.Example, cs.uni.example",
        },
    )
    page = staff.follow(answer)
    row = session.scalars(select(Provider)).one()
    assert row.domains == ["uni.example", "cs.uni.example"]
    assert f"/sign-in/callback/{row.public_id}" in page.text
    path = f"/coordination/providers/{row.public_id}"
    tested = staff.follow(staff.post(f"{path}/test"))
    assert "answers as it should" in tested.text
    provider.metadata = {"issuer": "https://evil.example"}
    assert "names another issuer" in staff.follow(staff.post(f"{path}/test")).text
    provider.is_broken = True
    assert "does not answer" in staff.follow(staff.post(f"{path}/test")).text
    # Saving without a secret keeps the one that is there.
    staff.submit(staff.get(path), {"name_en": "Renamed"}, action=path)
    session.expire_all()
    assert trusted.from_row(row, Settings(environment="test")).client_secret == CLIENT_SECRET
    assert row.names["en"] == "Renamed"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"issuer": "idp.example"}, "begins with https"),
        ({"domains": "not a domain!"}, "one domain a line"),
        ({"client_id": ""}, "Enter the client id"),
    ],
)
def test_a_form_in_error_says_what_to_do_and_keeps_what_was_typed(
    client: PageClient, cast: Cast, values: dict[str, str], words: str
) -> None:
    staff = client.sign_in(cast.coordinator)
    form = staff.get("/coordination/providers/new/custom")
    filled = {
        "issuer": "https://idp.example",
        "client_id": "c",
        "client_secret": "s",
        "name_en": "Kept Name",
        **values,
    }
    page = staff.submit(form, filled, status=422)
    assert words in page.text
    assert "Kept Name" in page.html


def test_nobody_but_staff_sees_these_pages(client: PageClient, cast: Cast) -> None:
    for path in ("/coordination/providers", "/coordination/providers/new/orcid"):
        client.sign_in(cast.owner).get(path, status=404)
    client.sign_in(cast.coordinator).get("/coordination/providers/new/nothing", status=404)


def picture(kind: str, size: tuple[int, int] = (300, 100)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def test_a_logo_becomes_a_small_picture_and_nothing_else(
    client: PageClient, session: Session, cast: Cast, provider: Lying, add: Add
) -> None:
    row = add(provider)
    staff, path = client.sign_in(cast.coordinator), f"/coordination/providers/{row.public_id}"
    fields = {"client_id": CLIENT_ID, "name_en": "Logo", "issuer": provider.issuer,
              "scopes": "openid"}  # fmt: skip
    for name, upload in (
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.svg", b"GIF89a"),
        ("big.png", picture("PNG", (2001, 1))),
    ):
        staff.post(path, {**fields, "logo": (BytesIO(upload), name)}, status=422)
    staff.post(path, {**fields, "logo": (BytesIO(picture("JPEG")), "whatever.txt")})
    session.expire_all()
    assert row.logo is not None
    assert row.logo.startswith(b"\x89PNG")
    answer = client.get(f"/sign-in/logo/{row.public_id}").response
    assert answer.mimetype == "image/png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    client.get("/sign-in/logo/nothing", status=404)


def test_an_institution_is_found_by_name_in_any_language_by_domain_and_by_address(
    client: PageClient, provider: Lying, add: Add
) -> None:
    add(provider)
    for words in ("university of rows", "ROWS", "الصفوف", "uni.example", "me@cs.uni.example"):
        page = client.get("/sign-in/find", query_string={"q": words})
        assert "University of Rows" in page.text, words
    assert "Nothing was found" in client.get("/sign-in/find", query_string={"q": "zzz"}).text
    part = client.get("/sign-in/find", query_string={"q": "rows", "part": "1"})
    assert "<html" not in part.html


def test_an_academic_domain_without_a_provider_is_named(client: PageClient) -> None:
    page = client.get("/sign-in/find", query_string={"q": "someone@uofk.edu"})
    assert "University of Khartoum is known to us" in page.text


@pytest.mark.parametrize("words", ["khartoum", "University of Khart", "uofk", "KHARTOUM"])
def test_a_university_is_found_by_a_part_of_its_name_or_domain(
    client: PageClient, words: str
) -> None:
    page = client.get("/sign-in/find", query_string={"q": words})
    assert "University of Khartoum" in page.text
    assert "uofk.edu" in page.text


def test_a_university_that_has_a_provider_is_shown_as_one(
    client: PageClient, provider: Lying, add: Add
) -> None:
    add(provider, domains=("uofk.edu",), names={"en": "University of Khartoum"})
    page = client.get("/sign-in/find", query_string={"q": "khartoum"})
    assert page.text.count("University of Khartoum") == 1


@pytest.mark.parametrize("words", ["", " ", "a" * 5000, "@", ".", "..", "%", "\x00", "<script>"])
def test_hostile_words_find_nothing_and_break_nothing(client: PageClient, words: str) -> None:
    page = client.get("/sign-in/find", query_string={"q": words})
    assert "<script>" not in page.html.replace('<script src="', "")
    assert search.search([], words).school == ""


@pytest.mark.parametrize("auth_time", [None, 1_000_000_000])
def test_linking_asks_for_a_sign_in_of_now_at_the_provider(
    client: PageClient, session: Session, cast: Cast, provider: Lying, add: Add, auth_time: object
) -> None:
    row = add(provider)
    me = client.sign_in(cast.expert)
    page = me.get(f"/settings/account/link/{row.public_id}")
    assert "Go on at University of Rows" in page.text
    provider.claims = {"auth_time": auth_time}
    through_provider(me, f"/sign-in/account/{row.public_id}?link=1", status=400)
    asked = provider.requests[-1]
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert causes(session) == ["not_fresh"]
    assert session.scalars(select(Identity)).all() == []


@pytest.mark.parametrize(("said", "is_fresh"), [(None, False), ("old", False), ("new", True)])
def test_a_session_there_from_before_is_no_fresh_proof_here(
    client: PageClient, provider: Lying, add: Add, said: str | None, is_fresh: bool
) -> None:
    row = add(provider)
    moment = int(time.time())
    provider.claims = {"auth_time": {"old": moment - 7200, "new": moment}.get(said or "")}
    through_provider(client, f"/sign-in/account/{row.public_id}")
    answer = client.get("/settings/second-factor", status=200 if is_fresh else 302)
    if not is_fresh:
        assert answer.location.startswith("/sign-in/again")


@pytest.mark.parametrize(
    "description",
    [
        {"code_challenge_method": "plain", "scope": "email", "client_id": "other", "session": 7},
        {"code_challenge_method": None, "update_token": "x", "client_secret": "theirs"},
    ],
)
def test_a_description_changes_no_setting_of_ours(
    client: PageClient, provider: Lying, add: Add, description: dict[str, Any]
) -> None:
    provider.metadata = description
    row = add(provider)
    assert through_provider(client, f"/sign-in/account/{row.public_id}").location == "/welcome"
    asked = provider.requests[-1]
    assert asked["code_challenge_method"] == "S256"
    assert "openid" in asked["scope"].split()
    assert asked["client_id"] == CLIENT_ID


@pytest.mark.parametrize(
    "signatures", [7, [["RS256"]], ["HS256"], ["none"], {"RS256": True}, "RS256"]
)
def test_a_description_without_real_signatures_is_refused(
    client: PageClient, provider: Lying, add: Add, signatures: object
) -> None:
    provider.metadata = {"id_token_signing_alg_values_supported": signatures}
    row = add(provider)
    page = client.get(f"/sign-in/account/{row.public_id}", status=503)
    assert "does not answer" in page.h1


@pytest.mark.parametrize("body", ["[]", "7", "null", '"x"', "{", "<html>", "{}"])
@pytest.mark.parametrize("what", ["description", "keys"])
def test_what_is_no_object_is_a_provider_that_is_away(
    client: PageClient, provider: Lying, add: Add, body: str, what: str
) -> None:
    provider.bodies[what] = body
    row = add(provider)
    path = f"/sign-in/account/{row.public_id}"
    page = client.get(path, status=503) if what == "description" else through_provider(
        client, path, status=503
    )  # fmt: skip
    assert "does not answer" in page.h1
    assert page.form("/sign-in")


def test_redirects_are_not_followed(
    client: PageClient, provider: Lying, other: Lying, add: Add
) -> None:
    provider.redirects_to = f"{other.issuer}/.well-known/openid-configuration"
    row = add(provider)
    client.get(f"/sign-in/account/{row.public_id}", status=503)


def test_strangers_cannot_fill_the_audit_trail(
    client: PageClient, session: Session, provider: Lying, add: Add
) -> None:
    row = add(provider)
    for number in range(40):
        client.get(f"/sign-in/callback/{row.public_id}?error=x&state={number}", status=302)
        client.get(f"/sign-in/callback/{row.public_id}?code=x&state={number}", status=400)
    assert 0 < len(causes(session)) <= 20


def test_a_new_key_under_an_old_name_is_fetched(
    client: PageClient, provider: Lying, add: Add
) -> None:
    row = add(provider)
    through_provider(client, f"/sign-in/account/{row.public_id}")
    client.post("/sign-out")
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    through_provider(client, f"/sign-in/account/{row.public_id}")


def test_removing_a_way_in_ends_what_it_opened_elsewhere(
    client: PageClient, app: Flask, session: Session, provider: Lying, add: Add
) -> None:
    row = add(provider)
    through_provider(client, f"/sign-in/account/{row.public_id}")
    other = PageClient(app, session, sign_in)
    through_provider(other, f"/sign-in/account/{row.public_id}")
    client.submit(client.get("/settings"), action="/settings/account/remove")
    client.get("/settings")
    other.get("/settings", status=302)


def test_a_suspended_person_leaves_an_event(
    client: PageClient, session: Session, provider: Lying, add: Add
) -> None:
    row = add(provider)
    through_provider(client, f"/sign-in/account/{row.public_id}")
    client.post("/sign-out")
    people(session, "scholar@uni.example")[0].suspended_at = now()
    through_provider(client, f"/sign-in/account/{row.public_id}", status=403)
    assert causes(session) == ["suspended"]


@pytest.mark.parametrize("domain", ["co.uk", "ac.uk", "gmail.com"])
def test_a_domain_of_everybody_proves_nothing(client: PageClient, cast: Cast, domain: str) -> None:
    staff = client.sign_in(cast.coordinator)
    form = staff.get("/coordination/providers/new/custom")
    filled = {"issuer": "https://idp.example", "client_id": "c", "client_secret": "s",
              "name_en": "Name", "domains": domain}  # fmt: skip
    assert "proves nothing" in staff.submit(form, filled, status=422).text


@pytest.mark.parametrize("body", ["7", "null", "[1]", "{", "true"])
def test_rubbish_about_a_person_is_no_address_and_no_failure(
    client: PageClient, provider: Lying, add: Add, body: str
) -> None:
    provider.email = provider.email_verified = None
    provider.bodies["userinfo"] = body
    row = add(provider)
    page = through_provider(client, f"/sign-in/account/{row.public_id}", status=409)
    assert "does not confirm your address" in page.h1


@pytest.mark.parametrize("body", ["7", "null", "[1]", "{", '{"id_token": 7}', '{"id_token": {}}'])
def test_a_token_answer_that_is_none_is_a_clear_page(
    client: PageClient, provider: Lying, add: Add, body: str
) -> None:
    provider.bodies["token"] = body
    row = add(provider)
    back = go_to_provider(client, f"/sign-in/account/{row.public_id}")
    answer = client.http.get(back)
    assert answer.status_code in (400, 503)
    assert "Send me a link" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("found", "is_refused"),
    [(["127.0.0.1"], True), (["8.8.8.8", "10.0.0.1"], True), ([], True), (["8.8.8.8"], False)],
)
def test_in_production_private_addresses_are_not_asked(
    monkeypatch: pytest.MonkeyPatch, found: list[str], is_refused: bool
) -> None:
    answer = [(0, 0, 0, "", (address, 443)) for address in found]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_arguments, **_options: answer)
    if is_refused:
        with pytest.raises(RuntimeError, match="private"):
            require_public("https://idp.example/token", Settings(environment="production"))
    else:
        require_public("https://idp.example/token", Settings(environment="production"))
    require_public("https://idp.example/token", Settings(environment="development"))


def test_a_provider_that_dates_no_sign_in_is_explained(
    client: PageClient, cast: Cast, provider: Lying, add: Add
) -> None:
    row = add(provider)
    provider.claims = {"auth_time": None}
    me = client.sign_in(cast.expert)
    page = through_provider(me, f"/sign-in/account/{row.public_id}?link=1", status=400)
    assert "does not say when you signed in" in page.h1
