"""Institutions that are perhaps the same: by domain, and by name in whatever script."""

import pytest
from sqlalchemy.orm import Session

from models.choices import VerificationState
from tests.support.client import PageClient
from tests.support.factories import Cast, make_institution
from virtual_return.institutions import duplicates, names

PLAIN = {"domain": "", "website": "", "working_name": "", "country": "SO"}


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("University of Hargeisa", "Hargeisa University", True),
        ("Université de Djibouti", "universite  DJIBOUTI", True),
        ("Universidade Eduardo Mondlane", "Universidade Eduardo Mondlâne", True),
        ("جامعة هرجيسا", "جَامِعَة هرجيسا", True),
        ("جامعة أم درمان الإسلامية", "جامعه ام درمان الاسلاميه", True),
        ("Gollis University", "Golis University", True),
        ("ＧＯＬＬＩＳ University", "Gollis University", True),
        ("University of Hargeisa", "University of Burao", False),
        ("University of Hargeisa", "Hargeisa Chamber of Commerce", False),
        ("جامعة هرجيسا", "جامعة بوصاصو", False),
        ("University", "Institute", False),
        ("", "", False),
    ],
)
def test_names_are_alike_whatever_their_script(
    session: Session, one: str, other: str, is_alike: bool
) -> None:
    make_institution(session, **{**PLAIN, "name": one})
    second = make_institution(session, **{**PLAIN, "name": other})
    found = duplicates.of(session, second)
    assert [item.because for item in found] == (["name"] if is_alike else [])


def test_each_name_is_compared_with_each(session: Session) -> None:
    known = make_institution(
        session, **{**PLAIN, "name": "جامعة هرجيسا", "working_name": "University of Hargeisa"}
    )
    for name in ("جامعة هرجيسا", "Hargeisa University"):
        newcomer = make_institution(session, **{**PLAIN, "name": name})
        assert known.public_id in [item.public_id for item in duplicates.of(session, newcomer)]


def test_a_name_counts_in_one_country_alone(session: Session) -> None:
    make_institution(session, **{**PLAIN, "name": "National University"})
    elsewhere = make_institution(
        session, **{**PLAIN, "name": "National University", "country": "SD"}
    )
    assert duplicates.of(session, elsewhere) == []


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"domain": "uoh.example"}, {"domain": "med.uoh.example"}, True),
        ({"domain": "uoh.example"}, {"website": "https://www.uoh.example/about"}, True),
        ({"website": "http://uoh.example"}, {"website": "https://library.uoh.example"}, True),
        ({"domain": "uoh.ac.uk"}, {"domain": "ucl.ac.uk"}, False),
        ({"domain": "uoh.example"}, {"domain": "notuoh.example"}, False),
        ({"domain": "gmail.com"}, {"domain": "gmail.com"}, False),
        ({"domain": "a.blogspot.com"}, {"domain": "b.blogspot.com"}, False),
        ({"domain": "100%.example"}, {"domain": "100x.example"}, False),
    ],
)
def test_a_domain_counts_everywhere(
    session: Session, one: dict[str, str], other: dict[str, str], is_same: bool
) -> None:
    make_institution(session, **{**PLAIN, "name": "Abcdef", **one})
    second = make_institution(session, **{**PLAIN, "name": "Uvwxyz", "country": "KE", **other})
    found = duplicates.of(session, second)
    assert [item.because for item in found] == (["domain"] if is_same else [])


def test_what_tells_a_name_apart_is_kept_if_nothing_else_is_there() -> None:
    assert names.telling("The University") == "the university"
    assert names.telling("University of Hargeisa") == "hargeisa"


def test_coordinators_see_them_and_their_state(
    client: PageClient, session: Session, cast: Cast
) -> None:
    draft = make_institution(
        session, **{**PLAIN, "name": "Gollis University", "state": VerificationState.DRAFT}
    )
    waiting = make_institution(
        session, **{**PLAIN, "name": "Golis University", "state": VerificationState.SUBMITTED}
    )
    page = client.sign_in(cast.coordinator).get(f"/coordination/institutions/{waiting.public_id}")
    assert "Perhaps here already" in page.text
    assert f"/coordination/institutions/{draft.public_id}" in page.html


def test_whoever_describes_what_is_here_is_asked_first(
    client: PageClient, session: Session, cast: Cast
) -> None:
    known = make_institution(session, **{**PLAIN, "name": "Gollis University"})
    make_institution(
        session,
        **{
            **PLAIN,
            "name": "Gollis University",
            "city": "Secret",
            "state": VerificationState.DRAFT,
        },
    )
    browser = client.sign_in(cast.stranger)
    page = browser.get("/institutions/new")
    values = {"name": "University of Gollis", "kind": "university", "country": "SO"}
    asked = browser.submit(page, values, status=422)
    assert "Is yours here already?" in asked.text
    # Only what is public anyway is shown; a draft of somebody else stays private.
    assert f"/institutions/{known.public_id}/ask" in asked.links.values()
    assert asked.html.count(">Gollis University<") == 1
    assert not cast.stranger.memberships
    browser.submit(asked, {"is_another": "y"})
    session.expire_all()
    assert len(cast.stranger.memberships) == 1
