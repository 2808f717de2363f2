"""How long until a change is seen: with the demonstration, the default encoder, warm, over HTTP.

    python benchmarks/bench_freshness.py [--times N]

Set DATA_DIR to a folder that is kept, so that a second run need not read all texts again. Each
line is the time from sending a form to the first page that shows its effect, asked for every
50 ms, as somebody who waits for it would.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from tests.support.demonstration import (  # noqa: E402
    Demonstration,
    index_lag,
    started_demonstration,
)
from tests.support.page import Element, form_values, parse  # noqa: E402
from virtual_return.demo import sign_ins  # noqa: E402

EVERY_S = 0.05
GIVE_UP_S = 60.0
TASK = (
    "Read our plan for a ward that treats burns in children and tell us which equipment, which "
    "training of nurses and which order of work you would choose."
)
BRIEF: tuple[dict[str, str], ...] = (
    {
        "kind": "review",
        "field_of_study": "0912",
        "problem": "Children with burns are sent three hundred kilometres away.",
        "task": TASK,
        "deliverable": "A commented plan.",
        "who_learns": "Two surgeons and six nurses.",
        "language": "en",
    },
    {
        "must_have": "paediatric surgery",
        "useful": "nurse training",
        "languages-0-language": "en",
        "languages-0-level": "b2",
    },
    {"hours_per_week": "3", "weeks": "6", "counterpart_name": "Amina Warsame", "money": "unpaid"},
    {"local_availability": "scarce", "local_search": "We asked both other hospitals."},
)


class Visitor:
    """Somebody signed in, without a browser."""

    def __init__(self, product: Demonstration, email: str) -> None:
        self.product = product
        self.http = requests.Session()
        self.send("/sign-in", containing=email)

    def get(self, path: str) -> str:
        answer = self.http.get(urljoin(self.product.url, path), timeout=60)
        answer.raise_for_status()
        return answer.text

    def send(self, path: str, *, containing: str = "", **values: str) -> str:
        """Send the form of a page with these values; return the path that it leads to."""
        page = self.http.get(urljoin(self.product.url, path), timeout=60)
        (main,) = parse(page.text).all("main")
        wanted = {containing, *values} - {""}
        form = next(form for form in main.all("form") if not wanted or wanted & says(form))
        target = urljoin(page.url, form.attributes.get("action") or page.url)
        answer = self.http.post(target, data={**form_values(form), **values}, timeout=60)
        answer.raise_for_status()
        return answer.url.removeprefix(self.product.url)


def says(form: Element) -> set[str]:
    """Return the names and values in a form."""
    return {text for item in form.walk() for text in item.attributes.values()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with started_demonstration() as product:
        measure(product, times)


def measure(product: Demonstration, times: int) -> None:
    """Measure each change so many times and print the middle and the longest."""
    expert = Visitor(product, sign_ins.EXPERT)
    owner = Visitor(product, sign_ins.OWNER)
    staff = Visitor(product, sign_ins.COORDINATOR)
    seen: dict[str, list[float]] = {}
    one_round(product, (expert, owner, staff), 0)  # The worker loads its models.
    for number in range(1, times + 1):
        for what, seconds in one_round(product, (expert, owner, staff), number).items():
            seen.setdefault(what, []).append(seconds)
    print(f"{'from the change to the page':<58}{'median s':>10}{'longest':>10}")
    for what, values in seen.items():
        print(f"{what:<58}{statistics.median(values):>10.2f}{max(values):>10.2f}")


def one_round(
    product: Demonstration, people: tuple[Visitor, Visitor, Visitor], number: int
) -> dict[str, float]:
    expert, owner, staff = people
    title = f"Review our plan for a burns ward, part {number}"
    need = post_need(owner, title)
    staff.send(f"/coordination/needs/{need}", decision="approve", reason="")
    taken = {"a need is approved: its institution sees people": until(
        lambda: "<ol" in owner.get(f"/needs/{need}/matches")
    )}  # fmt: skip
    expert.send("/profile/about", about=f"I planned wards for burns in children. {TASK} {number}")
    taken["an expert writes anew: the index has it"] = until(lambda: index_lag(product) == 0)
    expert.send("/profile/visibility", visibility="hidden")
    taken["an expert hides: the index has forgotten them"] = until(lambda: index_lag(product) == 0)
    expert.send("/profile/visibility", visibility="institutions_anonymous")
    taken["an expert is back: they see the need, with reasons"] = until(
        lambda: title in expert.get("/matches")
    )
    return taken


def post_need(owner: Visitor, title: str) -> str:
    """Answer the steps of a brief and send it to programme staff; return its public id."""
    first, *others = BRIEF
    path = owner.send("/needs/new", title=title, **first)
    for step in others:
        path = owner.send(path, **step)
    public_id = path.split("/")[2]
    owner.send(f"/needs/{public_id}/review")
    return public_id


def until(condition: Callable[[], bool]) -> float:
    """Return the seconds until a condition holds."""
    began = time.monotonic()
    while time.monotonic() - began < GIVE_UP_S:
        if condition():
            return time.monotonic() - began
        time.sleep(EVERY_S)
    sys.exit(f"Not seen within {GIVE_UP_S:.0f} s.")


if __name__ == "__main__":
    main()
