"""What people do in the product, step by step, in the order in which pages lead them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.functional.people import Person

KNOWLEDGE = (
    "Designed slow sand filters for drinking water in small towns and trained the operators of "
    "water treatment plants."
)


@dataclass(frozen=True)
class Identity:
    """What nobody may learn before both sides said yes."""

    name: str = "Hodan Abdirahman"
    email: str = "hodan@mail.example"
    city: str = "Gothenburg"
    employer: str = "Gryaab Utilities"
    link: str = "https://people.example/hodan"

    @property
    def traces(self) -> tuple[str, ...]:
        return (self.name, "Hodan", "Abdirahman", self.email, self.city, self.employer, self.link)


HODAN = Identity()


def write_profile(expert: Person, identity: Identity) -> None:
    """Answer every step; nobody can find the profile at the end of it."""
    expert.press("Begin")
    expert.answer(
        {
            "headline": "Engineer of drinking water treatment in small towns",
            "about": f"{KNOWLEDGE} I learned this at {identity.employer} in {identity.city}.",
            "language": "en",
            "standing": "diaspora",
            "country_of_residence": "SE",
            "time_zone": "Europe/Stockholm",
            "city": identity.city,
            "employer": identity.employer,
            "links": identity.link,
        },
        "Save and go on",
    )
    expert.follow("Add what you did")
    expert.answer(
        {
            "kind": "project",
            "title": "Slow sand filters for four small towns",
            "text": f"{KNOWLEDGE} Reviewed the drinking water curriculum of a college.",
            "language": "en",
            "start_year": "2014",
            "end_year": "2019",
        },
        "Save",
    )
    expert.follow("Go on")
    expert.answer(
        {
            "skills-0-label": "water treatment",
            "skills-0-level": "expert",
            "skills-0-years": "12",
            "skills-1-label": "curriculum review",
        },
        "Save and go on",
    )
    expert.answer(
        {
            "languages-0-language": "en",
            "languages-0-level": "c1",
            "languages-1-language": "so",
            "languages-1-level": "c2",
            "ties-0-country": "SO",
            "ties-0-kind": "born",
        },
        "Save and go on",
    )
    expert.answer(
        {"modes": "remote", "hours_per_week": "5", "capacity": "2", "bandwidth": "video"},
        "Save and go on",
    )
    expert.follow("Add a qualification")
    expert.answer(
        {"title": "Master of Science", "country": "SE", "level": "7", "year": "2008"}, "Save"
    )
    expert.follow("Go on")
    assert expert.h1 == "What others see"


def approve_texts(expert: Person) -> None:
    """Let others read every text in the form that is proposed."""
    expert.open("/profile/preview")
    for box in expert.page.locator('[name="approve"]').all():
        box.check()
    expert.press("Approve what is ticked")
    assert expert.page.locator('[name="approve"]').count() == 0


def be_found(expert: Person) -> None:
    """Become visible to verified institutions, without a name."""
    expert.open("/profile/visibility")
    expert.page.locator('[name="visibility"][value="institutions_anonymous"]').check()
    expert.page.locator("main form").filter(has=expert.page.locator('[name="visibility"]'))
    expert.press("Save")
    assert expert.path == "/profile"


def describe_institution(owner: Person) -> str:
    """Describe an institution and ask for its verification; return its public id."""
    owner.follow("Describe your institution")
    owner.answer(
        {
            "name": "Jaamacadda Biyaha",
            "working_name": "University of Water",
            "kind": "university",
            "country": "SO",
            "city": "Hargeisa",
            "domain": "water.example",
            "description": "A public university with a faculty of engineering.",
            "size": "40",
            "units": "Faculty of Engineering",
        },
        "Save",
    )
    public_id = owner.path.rsplit("/", 1)[1]
    owner.follow("Ask for verification")
    owner.answer({"evidence": "https://water.example/staff names me."}, "Send to programme staff")
    assert "Waiting for verification" in owner.text
    return public_id


def post_need(owner: Person, title: str = "Review our drinking water curriculum") -> str:
    """Write a need in its four steps and send it to programme staff; return its public id."""
    owner.follow("Write a need")
    owner.answer(
        {
            "title": title,
            "kind": "review",
            "field_of_study": "0732",
            "problem": "Our course on drinking water treatment has not changed since 2009.",
            "task": f"Review the drinking water curriculum. We look for who has {KNOWLEDGE}",
            "deliverable": "A commented curriculum.",
            "who_learns": "Three junior lecturers.",
            "language": "en",
        },
        "Save and go on",
    )
    owner.answer(
        {
            "must_have": "water treatment",
            "useful": "curriculum review",
            "languages-0-language": "en",
            "languages-0-level": "b2",
        },
        "Save and go on",
    )
    owner.answer(
        {
            "hours_per_week": "3",
            "weeks": "6",
            "counterpart_name": "Amina Warsame",
            "money": "unpaid",
        },
        "Save and go on",
    )
    owner.answer(
        {"local_availability": "scarce", "local_search": "We asked both other universities."},
        "Save and go on",
    )
    public_id = owner.path.split("/")[2]
    assert "Everything is there" in owner.text
    owner.press("Send to programme staff")
    return public_id


def decide(coordinator: Person, path: str, decision: str, reason: str = "") -> None:
    """Decide on an institution or a need."""
    coordinator.open(f"/coordination/{path}")
    coordinator.answer({"decision": decision, "reason": reason}, "Decide")
