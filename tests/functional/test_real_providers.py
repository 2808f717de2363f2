"""Signing in at certified OpenID providers, in a real browser: what goes well and what must not.

Two processes of the Node package oidc-provider are two issuers, added while the product runs: in
one test by a coordinator in the browser, in the others straight into the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
from sqlalchemy import select

from models import AuditEvent, Identity, SignInSession, User
from models.choices import ProviderPreset
from tests.functional.conftest import COORDINATOR
from tests.functional.factors import set_up_app
from tests.functional.people import People, Person, link_in
from tests.support import real_provider
from tests.support.processes import Processes
from tests.support.real_provider import CLIENT_ID, CLIENT_SECRET, RealProvider
from tests.support.stack import Stack
from virtual_return.accounts.providers import operations
from virtual_return.accounts.providers.operations import Wanted
from virtual_return.config import Settings
from virtual_return.db import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(real_provider.missing()), reason=real_provider.missing()),
]

SALMA = {"email": "salma@uni.example", "email_verified": True, "name": "Salma Scholar"}
ADDRESS = "salma@uni.example"


@dataclass
class World:
    """The product, two providers that it trusts, and people in front of it."""

    product: Stack
    database: Database
    people: People
    processes: Processes
    first: RealProvider
    second: RealProvider
    # By name of a provider: the part of its addresses.
    keys: dict[str, str]

    def trusts(self, provider: RealProvider) -> None:
        """Add a provider as a coordinator would, and let it know Salma."""
        wanted = Wanted(
            preset=ProviderPreset.CUSTOM,
            issuer=provider.issuer,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            names={"en": provider.name},
            domains=("uni.example",),
            trusts_email=True,
        )
        staff = User(email=None, is_coordinator=True)
        with self.database.writing() as session:
            session.add(staff)
            session.flush()
            row = operations.add(session, staff, wanted, Settings())
            self.keys[provider.name] = row.public_id
        provider.accepts(self.callback(provider.name))
        provider.knows(salma=SALMA)

    def come(self, email: str = ADDRESS) -> Person:
        return self.people.come(email, scripts=False)

    def callback(self, name: str) -> str:
        return f"{self.product.url}/sign-in/callback/{self.keys[name]}"

    def accounts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the address of each account that is no coordinator's, with its identities."""
        with self.database.reading() as session:
            users = session.scalars(select(User).where(~User.is_coordinator).order_by(User.id))
            return [
                (user.email or "", [(item.issuer, item.subject) for item in user.identities])
                for user in users
            ]

    def causes(self) -> list[str]:
        """Return why sign-ins were refused, as the audit trail has it."""
        with self.database.reading() as session:
            query = select(AuditEvent).where(AuditEvent.action == "sign_in.refused")
            return [event.details["cause"] for event in session.scalars(query)]

    def sessions(self) -> int:
        """Return how many browsers people are signed in with through a provider."""
        with self.database.reading() as session:
            query = select(SignInSession).join(Identity, Identity.id == SignInSession.identity_id)
            return len(session.scalars(query).all())


@pytest.fixture
def world(
    product: Stack, own_database: Database, people: People, tmp_path: Path
) -> Iterator[World]:
    folder = tmp_path / "providers"
    folder.mkdir()
    processes = Processes(folder)
    made = World(
        product,
        own_database,
        people,
        processes,
        RealProvider(processes, "University One"),
        RealProvider(processes, "University Two"),
        {},
    )
    for provider in (made.first, made.second):
        provider.start()
        made.trusts(provider)
    yield made
    processes.stop_all()


def trust(staff: Person, provider: RealProvider) -> str:
    """Add a provider as a coordinator does; return the part of its addresses."""
    staff.open("/coordination/providers/new/custom")
    staff.answer(
        {
            "issuer": provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "name_en": provider.name,
            "domains": "uni.example",
            "trusts_email": True,
        },
        "Save",
    )
    staff.press("Test it now")
    assert "answers as it should" in staff.text
    return staff.path.rsplit("/", 1)[1]


def sign_in(person: Person, provider: RealProvider, account: str = "salma") -> None:
    """Go through a provider as a newcomer does, or as somebody who is known there."""
    person.open("/sign-in")
    person.follow(provider.name)
    choose(person, account)


def choose(person: Person, account: str) -> None:
    if person.page.url.split("/")[3] == "interaction":
        person.press(f"Sign in as {account}")


def sign_out(person: Person) -> None:
    person.page.locator("header summary", has_text="Account").click()
    person.press("Sign out", within="header")


def test_a_person_comes_in_stays_the_same_and_leaves(world: World) -> None:
    salma = world.come()
    sign_in(salma, world.first)
    salma.introduce("Salma Scholar", "I offer what I know")
    assert world.accounts() == [(ADDRESS, [(world.first.issuer, "salma")])]
    sign_out(salma)
    assert f"You may still be signed in at {world.first.name}" in salma.text
    salma.follow(f"Sign out at {world.first.name}")
    assert salma.page.url.startswith(world.first.issuer)

    # Another address at the provider, the same subject: the same person.
    world.first.knows(salma={**SALMA, "email": "married@uni.example"})
    sign_in(salma, world.first)
    assert world.accounts() == [(ADDRESS, [(world.first.issuer, "salma")])]
    # The provider's keys change between two sign-ins.
    sign_out(salma)
    world.first.rotates_keys()
    sign_in(salma, world.first)
    salma.open("/settings")
    assert ADDRESS in salma.text
    assert world.causes() == []


def test_a_coordinator_adds_a_provider_and_nothing_is_restarted(world: World) -> None:
    third = RealProvider(world.processes, "University Three")
    third.start()
    staff = world.come(COORDINATOR)
    staff.sign_in()
    staff.introduce("Leila Mansour", "I offer what I know")
    # Pages of staff ask for a second factor first.
    staff.open("/coordination/providers")
    assert staff.path == "/settings/second-factor"
    set_up_app(staff)
    world.keys[third.name] = trust(staff, third)
    third.accepts(world.callback(third.name))
    third.knows(salma=SALMA)
    salma = world.come()
    sign_in(salma, third)
    salma.introduce("Salma Scholar", "I offer what I know")
    assert world.accounts() == [(ADDRESS, [(third.issuer, "salma")])]


def test_saying_no_there_leads_back_with_the_other_ways(world: World) -> None:
    salma = world.come()
    salma.open("/sign-in")
    salma.follow(world.first.name)
    salma.press("Refuse")
    assert salma.path == "/sign-in"
    assert "You did not finish signing in there" in salma.text
    assert world.causes() == ["denied"]
    assert world.accounts() == []


def test_an_address_that_is_not_verified_opens_nothing(world: World) -> None:
    owner = world.come()
    owner.sign_in()
    owner.introduce("The real Salma", "I offer what I know")
    world.first.knows(mallory={**SALMA, "email_verified": False})
    mallory = world.come("mallory@evil.example")
    sign_in(mallory, world.first, "mallory")
    assert "does not confirm your address" in mallory.h1
    mallory.open("/settings")
    assert mallory.path == "/sign-in"
    assert world.accounts() == [(ADDRESS, [])]
    assert world.causes() == ["address_not_vouched"]


def test_the_same_address_at_two_issuers_is_linked_only_by_its_owner(world: World) -> None:
    salma = world.come()
    sign_in(salma, world.first)
    salma.introduce("Salma Scholar", "I offer what I know")

    # Somebody else has that address at the second issuer: they get nowhere.
    world.second.knows(mallory=SALMA)
    mallory = world.come("mallory@evil.example")
    sign_in(mallory, world.second, "mallory")
    assert "This address has an account already" in mallory.h1
    mallory.open("/settings")
    assert mallory.path == "/sign-in"
    assert world.causes() == ["address_taken"]

    # Salma links her own account there, signed in here and freshly there.
    world.second.knows(salma=SALMA)
    salma.open("/settings")
    salma.follow(f"Link {world.second.name}")
    salma.follow(f"Go on at {world.second.name}")
    choose(salma, "salma")
    assert "Link this account?" in salma.h1
    salma.press("Link it")
    assert world.accounts() == [
        (ADDRESS, [(world.first.issuer, "salma"), (world.second.issuer, "salma")])
    ]
    again = world.come()
    sign_in(again, world.second)
    again.open("/settings")
    assert ADDRESS in again.text


def test_proof_by_mail_links_an_account_elsewhere_after_a_yes(world: World) -> None:
    owner = world.come()
    owner.sign_in()
    owner.introduce("Salma", "I offer what I know")
    phone = world.come()
    phone.read_mail = owner.read_mail
    sign_in(phone, world.first)
    assert "This address has an account already" in phone.h1
    phone.answer({"email": ADDRESS}, "Send me a link")
    phone.open(link_in(phone.mail()))
    phone.press("Sign in")
    assert "Link this account?" in phone.h1
    # What was open there may be somebody else's: it is shown once more.
    assert phone.page.locator("main").get_by_role("button", name="Link it").count() == 0
    phone.follow(f"Go on at {world.first.name}")
    choose(phone, "salma")
    phone.press("Link it")
    assert world.accounts() == [(ADDRESS, [(world.first.issuer, "salma")])]


def answer_of(
    world: World,
    person: Person,
    provider: RealProvider,
    change: Callable[[dict[str, str]], None] = lambda _query: None,
) -> str:
    """Go through a provider in this browser's name and return its answer, which is not opened.

    *change* is what somebody in between does to the request on its way there.
    """
    ask = person.context.request
    answer = ask.get(
        f"{world.product.url}/sign-in/account/{world.keys[provider.name]}", max_redirects=0
    )
    parts = urlsplit(answer.headers["location"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    change(query)
    there = parts._replace(query=urlencode(query)).geturl()
    for _ in range(8):
        if there.startswith(world.product.url):
            return there
        if "/interaction/" in there:
            answer = ask.post(there, form={"account": "salma"}, max_redirects=0)
        else:
            answer = ask.get(there, max_redirects=0)
        there = urljoin(there, answer.headers["location"])
    raise AssertionError(f"The provider led nowhere: {there}")


def refused(person: Person) -> None:
    assert "That sign-in did not reach us whole" in person.h1
    assert person.page.locator('main [name="email"]').count() == 1


def test_an_answer_with_another_nonce_is_refused(world: World) -> None:
    salma = world.come()
    answer = answer_of(world, salma, world.first, lambda asked: asked.update(nonce="another"))
    salma.open(answer, status=400)
    refused(salma)
    assert world.accounts() == []
    assert len(world.causes()) == 1


def test_a_code_is_used_once_whoever_replays_it(world: World) -> None:
    salma = world.come()
    answer = answer_of(world, salma, world.first)
    salma.open(answer)
    salma.introduce("Salma Scholar", "I offer what I know")
    # In the same browser, in another one, and put into the answer of another attempt.
    salma.open(answer, status=400)
    mallory = world.come("mallory@evil.example")
    mallory.open(answer, status=400)
    refused(mallory)
    own = answer_of(world, mallory, world.first)
    code, own_code = (parse_qs(urlsplit(url).query)["code"][0] for url in (answer, own))
    mallory.open(own.replace(own_code, code), status=400)
    refused(mallory)
    mallory.open("/settings")
    assert mallory.path == "/sign-in"
    assert len(world.causes()) == 3


def test_two_providers_cannot_be_mixed_up(world: World) -> None:
    """A hostile one sends people to the first to get a code that is not its own."""
    evil = RealProvider(world.processes, "University Three")
    evil.start()
    evil.describes_itself_with(authorization_endpoint=f"{world.first.issuer}/auth")
    world.trusts(evil)
    world.first.accepts(world.callback(world.first.name), world.callback(evil.name))
    salma = world.come()
    salma.open("/sign-in")
    salma.follow(evil.name)
    choose(salma, "salma")
    refused(salma)
    assert world.accounts() == []
    assert world.causes() == ["issuer_mixed_up"]


def test_a_provider_that_is_down_leaves_the_other_ways_in(world: World) -> None:
    world.first.stop()
    salma = world.come()
    salma.open("/sign-in")
    salma.follow(world.first.name)
    # Its description is still known here, so the browser meets the silence itself, or we do.
    if salma.page.url.startswith(world.product.url):
        assert "does not answer" in salma.h1
    sign_in(salma, world.second)
    salma.introduce("Salma Scholar", "I offer what I know")
    assert world.accounts() == [(ADDRESS, [(world.second.issuer, "salma")])]


def test_a_provider_that_goes_down_in_mid_flow_is_said_to_be_away(world: World) -> None:
    salma = world.come()
    answer = answer_of(world, salma, world.first)
    world.first.stop()
    salma.open(answer, status=503)
    assert "does not answer" in salma.h1
    assert salma.page.locator('main [name="email"]').count() == 1
    assert world.accounts() == []
    assert world.causes() == ["away"]


def test_another_person_in_mid_flow_links_nothing(world: World) -> None:
    """Somebody begins to link, then another person signs in in the same browser."""
    ann = world.come("ann@mail.example")
    ann.sign_in()
    ann.introduce("Ann", "I offer what I know")
    ann.open("/settings")
    ann.follow(f"Link {world.first.name}")
    ann.follow(f"Go on at {world.first.name}")
    at_provider = ann.page
    there = at_provider.url
    ann.page = ann.context.new_page()
    ann.open("/settings")
    sign_out(ann)
    ann.email, ann.read_mail = "bob@mail.example", 0
    ann.sign_in()
    ann.introduce("Bob", "I offer what I know")
    ann.page = at_provider
    assert ann.page.url == there
    choose(ann, "salma")
    refused(ann)
    assert dict(world.accounts()) == {"ann@mail.example": [], "bob@mail.example": []}
    assert world.causes() in (["no_attempt"], ["another_person"])


def test_leaving_at_the_provider_ends_the_session_here(
    world: World, eventually: Callable[..., float]
) -> None:
    world.first.accepts(
        world.callback(world.first.name),
        backchannel_logout_uri=f"{world.product.url}/sign-in/logout/{world.keys[world.first.name]}",
        backchannel_logout_session_required=True,
        post_logout_redirect_uris=[f"{world.product.url}/signed-out"],
    )
    salma = world.come()
    sign_in(salma, world.first)
    salma.introduce("Salma Scholar", "I offer what I know")
    assert world.sessions() == 1
    elsewhere = salma.context.new_page()
    elsewhere.goto(f"{world.first.issuer}/session/end?client_id={CLIENT_ID}")
    elsewhere.get_by_role("button", name="Yes, sign me out").click()
    eventually(lambda: world.sessions() == 0, "the session here has ended")
    salma.open("/settings")
    assert salma.path == "/sign-in"
