"""The way through, from signing in to leaving, in a real browser with and without scripts."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from models import Expert, MailMessage, User
from models.choices import MailState, OwnerKind
from tests.functional.conftest import COORDINATOR
from tests.functional.inspecting import Inspector
from tests.functional.people import People, Person, body, link_in
from tests.functional.steps import (
    HODAN,
    approve_texts,
    be_found,
    decide,
    describe_institution,
    post_need,
    write_profile,
)
from tests.support.processes import ROOT, clean_environment
from tests.support.stack import PROGRAMS, Stack
from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.matches.indexes import IndexReader

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.timeout(600)
def test_the_way_through(
    product: Stack,
    people: People,
    own_database: Database,
    own_settings: Settings,
    eventually: Callable[..., float],
    database_kind: str,
    scripts: bool,
) -> None:
    inspector = Inspector()
    if scripts and database_kind == "sqlite":  # Pages are the same on both databases.
        people.on_arrival = inspector
    journey = Journey(product, people, own_database, own_settings, eventually, scripts=scripts)
    journey.an_expert_signs_in()
    journey.the_expert_writes_a_profile_that_nobody_finds()
    journey.an_owner_describes_an_institution_and_posts_a_need()
    journey.a_coordinator_verifies_sends_back_and_approves()
    journey.both_see_each_other_with_reasons()
    journey.the_expert_hides_and_comes_back()
    journey.digests_come_once_and_can_be_left()
    journey.the_owner_invites_and_the_expert_accepts()
    journey.the_audit_trail_has_it_all()
    journey.the_expert_erases_everything()
    journey.no_log_says_who_it_was()
    assert inspector.faults == []
    assert inspector.heavy() == {}


class Journey:
    """The steps of the way through, in their order."""

    def __init__(
        self,
        product: Stack,
        people: People,
        database: Database,
        settings: Settings,
        eventually: Callable[..., float],
        *,
        scripts: bool,
    ) -> None:
        self.product = product
        self.database = database
        self.eventually = eventually
        self.index = IndexReader(settings)
        self.expert = people.come(HODAN.email, scripts=scripts)
        self.owner = people.come("dean@water.example", scripts=scripts)
        self.staff = people.come(COORDINATOR, scripts=scripts)
        self.need = self.institution = ""

    def an_expert_signs_in(self) -> None:
        link = self.expert.sign_in()
        self.expert.introduce(HODAN.name, "I offer what I know")
        stranger_page = self.staff
        stranger_page.open(link, status=410)
        assert stranger_page.h1 == "This link no longer works"

    def the_expert_writes_a_profile_that_nobody_finds(self) -> None:
        write_profile(self.expert, HODAN)
        assert not any(trace in self._preview() for trace in HODAN.traces)
        with self.database.reading() as session:
            expert = session.scalars(select(Expert)).one()
            assert expert.visibility.value == "hidden"
            self.expert_id = expert.id
        approve_texts(self.expert)
        be_found(self.expert)

    def _preview(self) -> str:
        """Return what the page says that others see."""
        return self.expert.page.locator("section[aria-labelledby=seen]").inner_html()

    def an_owner_describes_an_institution_and_posts_a_need(self) -> None:
        self.owner.sign_in()
        self.owner.introduce("Deqa Dean", "I speak for an institution")
        self.institution = describe_institution(self.owner)
        self.need = post_need(self.owner)

    def a_coordinator_verifies_sends_back_and_approves(self) -> None:
        owner, staff = self.owner, self.staff
        staff.sign_in()
        staff.introduce("Cora Coordinator", "I look around first")
        staff.set_up_second_factor(to="/coordination/queue")
        assert "University of Water" in staff.text
        decide(staff, f"institutions/{self.institution}", "approve")
        owner.mail("University of Water")
        reason = "Please say how many lecturers take part."
        decide(staff, f"needs/{self.need}", "request_changes", reason)
        owner.mail(reason)
        owner.open(f"/needs/{self.need}/manage")
        assert reason in owner.text
        owner.open(f"/needs/{self.need}/brief/what")
        owner.answer({"who_learns": "Five junior lecturers."}, "Save and look at the whole")
        owner.press("Send to programme staff")
        decide(staff, f"needs/{self.need}", "approve")
        owner.mail()

    def both_see_each_other_with_reasons(self) -> None:
        owner, expert = self.owner, self.expert
        self.eventually(self._is_listed, "the institution sees the expert")
        listed = owner.page.locator("main ol.cards > li")
        assert listed.count() == 1
        assert "Strong match" in listed.inner_text() or "Possible match" in listed.inner_text()
        assert "The need says" in listed.inner_text()
        assert "water treatment" in listed.inner_text()
        self._no_trace_of_the_expert()
        owner.follow("Read more")
        assert owner.h1 == "Engineer of drinking water treatment in small towns"
        self._no_trace_of_the_expert()
        self.eventually(self._finds_the_need, "the expert sees the need")
        assert "Your profile says" in expert.text

    def _is_listed(self) -> bool:
        self.owner.open(f"/needs/{self.need}/matches")
        return "Engineer of drinking water treatment" in self.owner.text

    def _finds_the_need(self) -> bool:
        self.expert.open("/matches")
        return "Review our drinking water curriculum" in self.expert.text

    def _no_trace_of_the_expert(self) -> None:
        html = self.owner.html.casefold()
        found = [trace for trace in HODAN.traces if trace.casefold() in html]
        assert found == []

    def the_expert_hides_and_comes_back(self) -> None:
        self.expert.open("/profile")
        self.expert.press("Hide me now")
        assert not self._is_listed()
        self.eventually(lambda: not self._is_indexed(), "a hidden expert leaves the index")
        be_found(self.expert)
        self.eventually(self._is_listed, "the institution sees the expert again")
        self.eventually(self._is_indexed, "the expert is in the index again")

    def _is_indexed(self) -> bool:
        served = self.index.current(OwnerKind.EXPERT)
        return served is not None and str(self.expert_id) in served.index.owners()

    def digests_come_once_and_can_be_left(self) -> None:
        assert "2 messages written" in self._send_digests()
        to_expert = self.expert.mail("Review our drinking water curriculum")
        to_owner = self.owner.mail("Engineer of drinking water treatment")
        for message in (to_expert, to_owner):
            assert "<html" in body(message, "html")
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for trace in HODAN.traces:
            assert trace not in body(to_owner) + body(to_owner, "html") + str(to_owner["Subject"])
        assert "0 messages written" in self._send_digests()
        self._leave(self.expert, to_expert["List-Unsubscribe"].strip("<>"))

    def _leave(self, reader: Person, address: str) -> None:
        """Unsubscribe as a mail program does, signed in nowhere."""
        sent = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click", method="POST")
        with urllib.request.urlopen(sent) as answer:
            assert answer.status == 200
        reader.open("/digests")
        assert reader.page.locator('[name="expert_matches"][value="never"]').is_checked()
        assert not reader.page.locator('[name="institution_matches"][value="never"]').is_checked()

    def _send_digests(self) -> str:
        done = subprocess.run(
            [str(PROGRAMS / "virtual-return"), "digest", "send"], cwd=ROOT, check=False,
            env=clean_environment(**self.product.settings), capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def the_owner_invites_and_the_expert_accepts(self) -> None:
        owner, expert = self.owner, self.expert
        owner.open(f"/needs/{self.need}/matches")
        owner.follow("Invite")
        owner.answer({"message": "Would you read our curriculum with us?"}, "Send the invitation")
        self._no_trace_of_the_expert()
        expert.open(link_in(expert.mail("University of Water")))
        assert "Would you read our curriculum with us?" in expert.text
        assert "dean@water.example" not in expert.html
        expert.press("Yes, I accept")
        assert "dean@water.example" in expert.text
        assert "Deqa Dean" in expert.text
        message = owner.mail()
        assert HODAN.name not in str(message["Subject"])
        # Names are there now, and an owner shows a second factor before seeing them.
        owner.set_up_second_factor(to=urlsplit(link_in(message)).path)
        assert HODAN.name in owner.text
        assert HODAN.email in owner.text

    def the_audit_trail_has_it_all(self) -> None:
        self.staff.open("/coordination/audit")
        for act in ("engagement.invited", "engagement.accept", "need.approved"):
            assert act in self.staff.text, act
        assert not any(trace in self.staff.html for trace in HODAN.traces)

    def the_expert_erases_everything(self) -> None:
        # The server takes nothing for a while, so that a message to the expert waits.
        self.product.mailbox.answer = lambda _message: "451 Later"
        self.owner.press("End it early")
        self.expert.open("/settings/erase")
        self.expert.fill({"days": "0", "confirmed": True})
        self.expert.press("Erase my account")
        assert self.expert.h1 == "Erased"
        assert "Receipt" in self.expert.text
        self.expert.open("/profile")
        assert self.expert.path == "/sign-in"
        self.eventually(lambda: not self._is_indexed(), "an erased expert leaves the index")
        with self.database.reading() as session:
            assert session.get(Expert, self.expert_id) is None
            assert session.scalar(select(User).where(User.email == HODAN.email)) is None
            kept = session.scalars(select(MailMessage)).all()
            unsent = {mail.state for mail in kept if mail.state is not MailState.SENT}
            assert MailState.CANCELLED in unsent
            assert all(mail.recipient != HODAN.email for mail in kept)
        self.product.mailbox.answer = lambda _message: None
        self.owner.open("/engagements")
        assert not any(trace in self.owner.html for trace in HODAN.traces)

    def no_log_says_who_it_was(self) -> None:
        for name in ("web", "worker", "scheduler"):
            log = self.product.processes.log(name)
            assert not any(trace in log for trace in (*HODAN.traces, "dean@water.example")), name
        assert "Traceback" not in self.product.processes.log("web")
