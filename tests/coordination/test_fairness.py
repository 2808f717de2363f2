"""The audit of fairness tells of groups, in five languages, and never of fewer than ten people."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from sqlalchemy.orm import Session

from models import DigestItem, Expert, MailMessage, Outcome, now
from models.choices import DigestList, MailState, OutcomeKind, OutcomeList, Visibility
from tests.support.factories import Cast, make_expert
from virtual_return.cli import main
from virtual_return.config import LOCALES
from virtual_return.coordination import charts, exposure, fairness_report
from virtual_return.coordination.cells import Cell, cell, protected, protected_within
from virtual_return.coordination.charts import Bar, Words
from virtual_return.coordination.exposure import Fairness, measure, seniority_of

TODAY = date(2026, 5, 3)
SVG = "{http://www.w3.org/2000/svg}"


def sizes(cells: tuple[Cell, ...]) -> list[int]:
    return [one.people for one in cells]


@given(st.lists(st.integers(1, 40), max_size=12))
def test_no_cell_is_small_everybody_is_in_one_and_no_remainder_can_be_worked_out(
    people: list[int],
) -> None:
    cells = [cell(f"g{number:02}", count) for number, count in enumerate(people)]

    told = protected(cells)

    if sum(people) < 10:
        assert told == ()
        return
    assert min(sizes(told)) >= 10
    assert sum(sizes(told)) == sum(people)
    assert sorted(key for one in told for key in one.keys) == sorted(c.keys[0] for c in cells)
    assert sum(one.is_merged for one in told) <= 1


def test_one_small_group_takes_the_next_smallest_with_it() -> None:
    told = protected([cell("a", 40), cell("b", 12), cell("c", 3)])

    assert [(one.keys, one.people) for one in told] == [(("a",), 40), (("b", "c"), 15)]


def test_a_small_country_cannot_be_subtracted_from_its_region() -> None:
    regions = protected([cell("155", 16), cell("014", 30)])
    parts = [cell("DE", 15), cell("FR", 1), cell("SO", 12), cell("KE", 18)]
    home = {"DE": "155", "FR": "155", "SO": "014", "KE": "014"}

    told = {part.keys: part.people for part, _ in protected_within(parts, regions, home)}

    assert told == {("DE", "FR"): 16, ("KE",): 18, ("SO",): 12}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 25)), min_size=1, max_size=15))
def test_no_difference_between_region_and_countries_is_small(groups: list[tuple[int, int]]) -> None:
    parts = [cell(f"c{number:02}", count) for number, (_, count) in enumerate(groups)]
    home = {f"c{number:02}": f"r{region}" for number, (region, _) in enumerate(groups)}
    sums = [
        cell(name, sum(p.people for p in parts if home[p.keys[0]] == name))
        for name in set(home.values())
    ]

    told = protected_within(parts, protected(sums), home)

    for whole in {whole for _, whole in told}:
        inside = [part.people for part, of in told if of == whole]
        assert sum(inside) == whole.people
        assert min(inside) >= 10


@pytest.mark.parametrize(
    ("first", "last", "group"),
    [
        (None, None, ""),
        (2020, 2020, "under_5"),
        (2016, 2020, "under_5"),
        (2015, 2020, "5_to_14"),
        (2006, 2020, "5_to_14"),
        (2005, 2020, "15_or_more"),
    ],
)
def test_seniority_is_coarse(first: int | None, last: int | None, group: str) -> None:
    assert seniority_of(first, last) == group


def show(session: Session, cast: Cast, expert: Expert, rank: int, days_ago: int = 0) -> None:
    session.add(
        Outcome(
            need_id=cast.need.id, expert_id=expert.id, list=OutcomeList.PEOPLE,
            kind=OutcomeKind.SHOWN, rank=rank, day=now().date() - timedelta(days=days_ago),
        )
    )  # fmt: skip


@pytest.fixture
def people(session: Session, cast: Cast) -> list[Expert]:
    """Thirty people beside the cast's one: twenty of Germany, ten of Kenya."""
    germans = [make_expert(session) for _ in range(19)]
    kenyans = [make_expert(session, country_of_residence="KE", language="fr") for _ in range(10)]
    return [cast.profile, *germans, *kenyans]


def test_exposure_falls_with_rank_and_is_counted_by_group(
    session: Session, cast: Cast, people: list[Expert]
) -> None:
    for person in people[:10]:
        show(session, cast, person, rank=1)
    for person in people[20:]:
        show(session, cast, person, rank=3)

    found = measure(session, 30)

    assert (found.people, found.times_shown) == (30, 20)
    by_country = {part.keys: (part.people, part.exposure) for part, _ in found.countries}
    assert by_country == {("DE",): (20, 10.0), ("KE",): (10, 5.0)}
    assert {one.keys: one.people for one in found.languages} == {("en",): 20, ("fr",): 10}
    assert found.unseen_percent == 33
    assert found.gini == pytest.approx(0.4444, abs=1e-3)
    assert len(found.lorenz) == 4


def test_only_the_days_asked_for_count_and_never_shown_is_always_of_90(
    session: Session, cast: Cast, people: list[Expert]
) -> None:
    for person in people[:15]:
        show(session, cast, person, rank=1, days_ago=40)

    found = measure(session, 30)

    assert (found.times_shown, found.gini, found.unseen_percent) == (0, None, 50)
    assert found.log_begins == now().date() - timedelta(days=40)
    assert measure(session, 41).times_shown == 15


def test_whoever_hides_is_not_counted(session: Session, cast: Cast, people: list[Expert]) -> None:
    show(session, cast, people[-1], rank=1)
    people[-1].visibility = Visibility.HIDDEN
    session.flush()

    found = measure(session, 30)

    assert (found.people, found.times_shown) == (29, 0)


@pytest.mark.parametrize("shown", [1, 9, 21, 29])
def test_a_share_that_speaks_of_fewer_than_ten_is_not_told(
    session: Session, cast: Cast, people: list[Expert], shown: int
) -> None:
    for person in people[:shown]:
        show(session, cast, person, rank=1)

    assert measure(session, 30).unseen_percent is None


def test_a_digest_that_was_sent_counts_once_for_each_need(
    session: Session, cast: Cast, people: list[Expert]
) -> None:
    for state, reader in (
        (MailState.SENT, cast.owner),
        (MailState.SENT, cast.member),
        (MailState.CANCELLED, cast.coordinator),
    ):
        mail = MailMessage(
            kind="digest",
            recipient="x@example.org",
            message_id=state.value + str(reader.id),
            state=state,
        )
        mail.subject = mail.body_text = mail.body_html = ""
        session.add(mail)
        session.flush()
        session.add(
            DigestItem(
                user_id=reader.id, list=DigestList.INSTITUTION_MATCHES, need_id=cast.need.id,
                expert_id=people[1 if state is MailState.SENT else 2].id, mail_id=mail.id,
            )
        )  # fmt: skip
    session.flush()

    assert measure(session, 30).times_shown == 1


def test_fewer_than_ten_people_give_no_figure_at_all(
    app: Flask, session: Session, cast: Cast
) -> None:
    show(session, cast, cast.profile, rank=1)
    found = measure(session, 30)

    with app.app_context(), force_locale("en"):
        text, html = fairness_report.text(found), fairness_report.html(found)

    assert found.people is None
    for report in (text, html):
        assert "Any figure would speak of somebody" in report
        assert "Germany" not in report
    assert len(text.splitlines()) == 4


SAMPLE = Fairness(
    made_on=TODAY, since=TODAY - timedelta(days=89), days=90, people=62, times_shown=400,
    gini=0.41, unseen_percent=26, log_begins=TODAY - timedelta(days=50),
    lorenz=(0.0, 0.1, 0.4, 1.0),
    languages=(Cell(("en",), 40, 300, 200.0), Cell(("", "fr"), 22, 100, 60.0)),
    regions=(Cell(("155",), 40, 300, 200.0), Cell(("",), 22, 100, 60.0)),
    countries=(
        (Cell(("DE",), 30, 250, 150.0), Cell(("155",), 40, 300, 200.0)),
        (Cell(("AT", "CH"), 10, 50, 50.0), Cell(("155",), 40, 300, 200.0)),
        (Cell(("",), 22, 100, 60.0), Cell(("",), 22, 100, 60.0)),
    ),
    seniorities=(Cell(("5_to_14",), 50, 390, 250.0), Cell(("",), 12, 10, 10.0)),
)  # fmt: skip


def test_the_text_has_every_figure(app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        text = fairness_report.text(SAMPLE)

    assert "People who can be found: 62" in text
    assert "Gini coefficient of attention: 0.41 (0 means that all get the same" in text
    assert "Never shown in 90 days: 26%" in text
    assert re.search(r"Germany +30 +48\.4% +57\.7% +1\.19", text)
    assert re.search(r"Others in Western Europe +10 ", text)
    assert re.search(r"Not said +22 ", text)
    assert re.search(r"Others, taken together +22 ", text)
    assert "The log begins on March 14, 2026" in text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_stands_alone_and_speaks_the_readers_language(app: Flask, locale: str) -> None:
    with app.app_context(), force_locale(locale):
        html = fairness_report.html(SAMPLE)

    direction = "rtl" if locale == "ar" else "ltr"
    assert f'<html lang="{locale}" dir="{direction}">' in html
    assert not re.search(r"<script|<link|\bsrc=|url\(|@import|https?://(?!www\.w3\.org)", html)
    words = re.findall(r"\b(?:people|Share|Others|bars|which|Group)\b", visible(html))
    assert bool(words) == (locale == "en")


def visible(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))


def test_every_chart_has_a_title_a_description_and_a_table(app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        html = fairness_report.html(SAMPLE)

    drawn = re.findall(r"<svg[^>]*role=\"img\".*?</svg>", html, flags=re.DOTALL)
    assert len(drawn) == html.count("<table>") == html.count("<details>") == 5
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for svg in drawn:
        root = ET.fromstring(svg)
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert title.text
        assert description.text


def test_charts_are_mirrored_and_text_is_escaped() -> None:
    group = Bar("<b>&", 0.5, 0.25, "50%", "25%")
    left = charts.bars(Words("c", "t", "d"), [group])
    right = charts.bars(Words("c", "t", "d", is_rtl=True), [group])

    assert isinstance(left, Markup)
    assert "&lt;b&gt;&amp;" in left
    widths = [
        float(w)
        for w in re.findall(r'<rect class="\w+" x="[\d.]+" y="[\d.]+" width="([\d.]+)"', left)
    ]
    starts = [float(x) for x in re.findall(r'<rect class="\w+" x="([\d.]+)"', right)]
    assert re.findall(r'<rect class="\w+" x="([\d.]+)"', left) == ["0.0", "0.0"]
    assert starts == [charts.WIDTH - width for width in widths]
    assert widths[0] == 2 * widths[1]


def test_the_command_prints_and_writes(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("ENVIRONMENT", "test")
    file = tmp_path / "fairness.html"

    result = CliRunner().invoke(main, ["audit", "fairness", "--html", str(file), "--lang", "fr"])

    assert result.exit_code == 0, result.output
    assert "Moins de 10 personnes" in result.output
    assert 'lang="fr"' in file.read_text("utf-8")


@pytest.mark.parametrize("options", [["--days", "0"], ["--days", "366"], ["--lang", "xx"]])
def test_the_command_refuses_what_it_cannot_do(options: list[str]) -> None:
    assert CliRunner().invoke(main, ["audit", "fairness", *options]).exit_code == 2


def test_the_longest_digest_weighs_as_its_places_do() -> None:
    assert pytest.approx((1 + 0.6309 + 0.5 + 0.4307) / 4, abs=1e-4) == exposure.DIGEST_EXPOSURE
    assert replace(SAMPLE, people=None).people is None
