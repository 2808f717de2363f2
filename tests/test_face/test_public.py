"""The public pages, and figures that say nothing about any one person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models.choices import EngagementKind, NeedState, NeedVisibility, VerificationState
from tests.support.client import PageClient
from tests.support.factories import make_expert, make_institution, make_need
from virtual_return.config import LOCALES
from virtual_return.public.queries import latest_needs, public_figures

PAGES = ["/", "/how-it-works", "/how-we-protect-you", "/figures", "/design"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_served_in_every_language(client: PageClient, path: str, locale: str) -> None:
    page = client.get(f"{path}?lang={locale}")

    assert page.document.one("html").attributes["lang"] == locale
    alternates = page.document.all("link", rel="alternate")
    assert [link.attributes["hreflang"] for link in alternates] == list(LOCALES)


def test_the_page_of_components_is_for_development(app: Flask) -> None:
    services = app.extensions["services"]
    production = replace(services.settings, environment="production")
    app.extensions["services"] = replace(services, settings=production)

    assert app.test_client().get("/design").status_code == 404


def test_a_language_is_kept_and_the_reader_stays_on_the_page(client: PageClient) -> None:
    page = client.get("/language/fr?next=/figures%3Fa%3Db", status=303)

    assert page.location == "/figures?a=b"
    assert client.get("/").document.one("html").attributes["lang"] == "fr"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_a_language_leads_nowhere_else(client: PageClient, target: str) -> None:
    page = client.get("/language/fr", status=303, query_string={"next": target})

    assert page.location == "/"


def test_an_unknown_language_is_not_found(client: PageClient) -> None:
    client.get("/language/xx", status=404)


def test_the_landing_page_shows_open_needs(client: PageClient, session: Session) -> None:
    institution = make_institution(session, working_name="Institute of Water", country="MZ")
    make_need(session, institution, title="Review our curriculum")

    page = client.get("/")

    assert "Review our curriculum" in page.links
    assert "Institute of Water, Mozambique" in page.text


def test_figures_count_what_everybody_may_read(session: Session) -> None:
    institution = make_institution(session, country="SD")
    make_need(session, institution, kind=EngagementKind.REVIEW)
    make_need(session, institution, kind=EngagementKind.REVIEW, state=NeedState.DRAFT)
    make_need(session, institution, visibility=NeedVisibility.MEMBERS)
    unverified = make_institution(session, country="TD", state=VerificationState.SUBMITTED)
    make_need(session, unverified)

    figures = public_figures(session)

    assert figures.open_needs == 1
    assert (figures.institutions, figures.countries) == (1, 1)
    assert [(share.key, share.count) for share in figures.needs_by_country] == [("SD", 1)]
    assert list(figures.needs_by_kind) == [(EngagementKind.REVIEW, 1)]


@pytest.mark.parametrize(("people", "told"), [(0, None), (9, None), (10, 10), (19, 10)])
def test_people_are_counted_in_tens(session: Session, people: int, told: int | None) -> None:
    for _ in range(people):
        make_expert(session)

    assert public_figures(session).experts == told


def test_the_latest_needs_are_of_different_institutions(session: Session) -> None:
    loud, quiet = make_institution(session), make_institution(session)
    for _ in range(3):
        make_need(session, loud)
    make_need(session, quiet)

    needs = latest_needs(session, count=3)

    assert sorted(need.institution_id for need in needs) == sorted([loud.id, quiet.id])


def test_few_people_are_not_counted(client: PageClient) -> None:
    page = client.get("/figures")

    assert "too few to say" in page.text
