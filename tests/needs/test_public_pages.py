"""What everybody may read without an account."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from models import Engagement, now
from models.choices import (
    Cefr,
    EngagementKind,
    EngagementState,
    Mode,
    NeedState,
    NeedVisibility,
    VerificationState,
)
from models.institution import VERIFIED
from tests.needs.test_browsing import counted
from tests.support.client import PageClient
from tests.support.factories import Cast, make_institution, make_need
from virtual_return.needs.browsing import PAGE_SIZE


def test_a_visitor_browses_and_reads(client: PageClient, cast: Cast) -> None:
    page = client.get("/needs")
    assert page.h1 == "What institutions need"
    assert "1 open need" in page.text
    need = client.get(page.links[cast.need.title])
    assert need.h1 == cast.need.title
    assert "Three junior lecturers." in need.text
    assert "We asked both other universities." in need.text
    institution = client.get(need.links["Sea University"])
    assert cast.need.title in institution.text


def test_no_public_page_names_the_counterpart(
    client: PageClient, session: Session, cast: Cast
) -> None:
    pages = ["/needs", f"/needs/{cast.need.public_id}"]
    pages.append(f"/needs/from/{cast.institution.public_id}")
    for browser in (client, client.sign_in(cast.stranger), client.sign_in(cast.expert)):
        for path in pages:
            assert cast.need.counterpart_name not in browser.get(path).html
    session.add(
        Engagement(
            need=cast.need,
            expert=cast.profile,
            state=EngagementState.ACCEPTED,
            revealed_at=now(),
        )
    )
    browser = client.sign_in(cast.expert)
    assert cast.need.counterpart_name in browser.get(pages[1]).text
    assert cast.need.counterpart_name not in client.sign_in(cast.stranger).get(pages[1]).text


def test_an_invitation_alone_does_not_name_the_counterpart(
    client: PageClient, session: Session, cast: Cast
) -> None:
    session.add(Engagement(need=cast.need, expert=cast.profile, state=EngagementState.INVITED))
    page = client.sign_in(cast.expert).get(f"/needs/{cast.need.public_id}")
    assert cast.need.counterpart_name not in page.html


def test_filters_work_without_scripts(client: PageClient, session: Session, cast: Cast) -> None:
    make_need(
        session,
        make_institution(session, country="KE"),
        title="Visit our clinic",
        kind=EngagementKind.VISIT,
        mode=Mode.ON_SITE,
        field_of_study="0912",
        languages={"sw": Cefr.A2},
    )
    start = client.get("/needs")
    for filters in (
        {"kind": "visit"},
        {"mode": "on_site"},
        {"country": "KE"},
        {"field": "09"},
        {"language": "sw"},
    ):
        page = client.submit(start, filters)
        assert "Visit our clinic" in page.text
        assert cast.need.title not in page.text
        for name, value in filters.items():
            chosen = page.document.one("select", name=name).one("option", selected="")
            assert chosen.attributes["value"] == value
    page = client.get("/needs?country=KE&mode=remote")
    assert "Nothing fits these filters" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "kind=visit'--",
        "mode=%00",
        "country=%25",
        "field=%25",
        "field=9999999999999",
        "language=%F0%9F%98%80",
        "page=-1",
        "page=0",
        "page=99999999999999999999999",
        "page=%D9%A3",
        "page=x&page=2",
    ],
)
def test_a_nonsensical_filter_is_as_good_as_none(
    client: PageClient, cast: Cast, query: str
) -> None:
    assert cast.need.title in client.get(f"/needs?{query}").text


def test_pages_keep_the_filters(client: PageClient, session: Session, cast: Cast) -> None:
    for number in range(PAGE_SIZE):
        make_need(session, cast.institution, title=f"Need {number}")
    page = client.get("/needs?mode=remote")
    assert page.links["Next"] == "/needs?mode=remote&page=2"
    assert cast.need.title in client.get(page.links["Next"]).text


def test_an_empty_list_says_what_to_do(client: PageClient, session: Session, cast: Cast) -> None:
    cast.need.state = NeedState.CLOSED
    assert "There are no open needs now" in client.get("/needs").text


@pytest.mark.parametrize("state", [NeedState.FILLED, NeedState.CLOSED, NeedState.EXPIRED])
def test_a_link_to_a_need_that_is_over_does_not_break(
    client: PageClient, cast: Cast, state: NeedState
) -> None:
    cast.need.state = state
    page = client.get(f"/needs/{cast.need.public_id}")
    assert "no longer open" in page.text
    assert "Express interest" not in page.text


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.SUBMITTED, NeedState.APPROVED])
def test_what_was_never_open_is_not_there(client: PageClient, cast: Cast, state: NeedState) -> None:
    cast.need.state = state
    client.get(f"/needs/{cast.need.public_id}", status=404)
    client.sign_in(cast.stranger).get(f"/needs/{cast.need.public_id}", status=404)
    client.sign_in(cast.coordinator).get(f"/needs/{cast.need.public_id}", status=404)


def test_members_only_needs_are_not_for_visitors(client: PageClient, cast: Cast) -> None:
    cast.need.visibility = NeedVisibility.MEMBERS
    client.get(f"/needs/{cast.need.public_id}", status=404)
    assert cast.need.title not in client.get("/needs").text
    assert cast.need.title not in client.get(f"/needs/from/{cast.institution.public_id}").text
    assert cast.need.title in client.sign_in(cast.stranger).get("/needs").text


@pytest.mark.parametrize("state", set(VerificationState) - set(VERIFIED))
def test_an_unverified_institution_has_no_public_page(
    client: PageClient, cast: Cast, state: VerificationState
) -> None:
    cast.institution.state = state
    client.get(f"/needs/from/{cast.institution.public_id}", status=404)
    client.get(f"/needs/{cast.need.public_id}", status=404)
    assert cast.need.title not in client.get("/needs").text


def test_the_list_costs_the_same_for_one_need_and_for_twenty(
    client: PageClient, session: Session, connection: Connection, cast: Cast
) -> None:
    with counted(connection) as one:
        client.get("/needs")
    for _ in range(15):
        make_need(session, make_institution(session), languages={"en": Cefr.B2, "so": Cefr.B1})
    with counted(connection) as many:
        client.get("/needs")
    assert len(one) == len(many) <= 6


def test_the_page_of_one_need_costs_few_queries(
    client: PageClient, connection: Connection, cast: Cast
) -> None:
    with counted(connection) as statements:
        client.get(f"/needs/{cast.need.public_id}")
    assert len(statements) <= 6
