"""Components: they render with strict names, and say in words what they show in shapes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, render_template, render_template_string
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from models.choices import Band, NeedState, Visibility
from tests.support.page import Element, parse
from virtual_return.public.samples import PAIRS, SampleForm, samples

Render = Callable[..., Element]


@pytest.fixture
def render(face: Flask) -> Render:
    def render(file: str, call: str, **values: object) -> Element:
        source = f'{{% import "components/{file}.html" as m %}}{{{{ m.{call} }}}}'
        with face.test_request_context("/"):
            return parse(render_template_string(source, **values))

    return render


def test_the_page_of_components_renders_in_every_language(face: Flask) -> None:
    face.add_url_rule("/design", "public.design")
    for locale in ("en", "fr", "ar", "es", "pt"):
        with face.test_request_context(f"/design?lang={locale}"):
            page = parse(render_template("public/design.html", **samples()))

        assert page.one("html").attributes["lang"] == locale
        assert page.one("html").attributes["dir"] == ("rtl" if locale == "ar" else "ltr")


@pytest.mark.parametrize("band", list(Band))
def test_a_band_is_words_and_a_shape_and_no_number(render: Render, band: Band) -> None:
    element = render("matches", "band(band)", band=band)

    assert element.text
    assert element.one("svg").attributes["aria-hidden"] == "true"
    assert not re.search(r"[\d%]", element.text)


def test_no_two_bands_share_a_shape(render: Render) -> None:
    def shape(band: Band) -> str:
        drawn = render("matches", "band(band)", band=band).one("svg")
        return str([(item.tag, item.attributes) for item in drawn.walk()])

    assert len({shape(band) for band in Band}) == len(Band)


def test_a_band_may_come_as_its_stored_value(render: Render) -> None:
    assert render("matches", "band('weak')").text == "Weak match"


def test_reasons_name_the_language_of_each_sentence(render: Render) -> None:
    element = render("matches", "reason_list(pairs)", pairs=PAIRS)

    quotes = element.all("blockquote")
    assert [quote.attributes["lang"] for quote in quotes] == ["fr", "en", "ar", "en"]
    assert {quote.attributes["dir"] for quote in quotes} == {"auto"}
    assert "(in French)" in element.text
    assert "(in English)" not in element.text


def test_chips_say_what_is_covered_and_what_is_not_mentioned(render: Render) -> None:
    element = render("matches", "skill_chips(['Statistics'], ['Welding'])")

    marks = [icon.attributes["aria-label"] for icon in element.all("svg")]
    assert marks == ["Covered:", "Not mentioned:"]


def test_words_of_people_are_escaped(render: Render) -> None:
    element = render("cards", "need_card(title, '/n', 'x', summary=title)", title="<b>&</b>")

    assert not element.all("b")
    assert "<b>&</b>" in element.text


def test_a_person_card_holds_no_name_of_its_own(render: Render) -> None:
    element = render("cards", "person_card('')")

    assert element.text == "An expert who has not written a headline yet"


@pytest.mark.parametrize("state", list(NeedState))
def test_a_state_is_said_in_words(render: Render, state: NeedState) -> None:
    assert render("badges", "state_badge(state)", state=state).text


def test_visibility_is_said_in_words(render: Render) -> None:
    assert render("badges", "visibility_badge(v)", v=Visibility.HIDDEN).text == "Hidden"


def test_an_action_posts_with_its_token(render: Render) -> None:
    form = render("actions", "action('Hide', '/hide', values={'id': 'x'})").one("form")

    assert form.attributes["method"] == "post"
    names = [item.attributes["name"] for item in form.all("input")]
    assert names == ["csrf_token", "id"]


def test_pages_far_away_are_left_out(face: Flask, render: Render) -> None:
    face.add_url_rule("/list", "list")

    element = render("ways", "pagination(5, 9, 'list', {'q': 'a b'})")

    assert [link.text for link in element.all("a")] == ["Previous", "1", "4", "5", "6", "9", "Next"]
    assert element.one("a", aria_current="page").attributes["href"] == "/list?q=a+b&page=5"


def test_one_page_needs_no_links(face: Flask, render: Render) -> None:
    assert render("ways", "pagination(1, 1, 'list')").text == ""


def test_an_empty_value_is_not_said(render: Render) -> None:
    rows = [("Hours", ""), ("About", Markup("<p>Text</p>"), "Change", "/change")]

    element = render("cards", "definition_list(rows)", rows=rows)

    assert [value.text for value in element.all("dd")][:2] == ["Not said", "Text"]
    assert element.one("a").text == "Change: About"


class TestForms:
    """A form that failed tells what to put right, and where."""

    @pytest.fixture
    def page(self, face: Flask) -> Element:
        form = SampleForm(MultiDict({"hours": "99", "kind": "review"}))
        form.validate()
        source = """
          {% extends "form_page.html" %}
          {% import "components/forms.html" as forms %}
          {% block title %}Hours{% endblock %}
          {% block fields %}
            {% call forms.form() %}
              {% for item in form %}{{ forms.field(item, hint="h") }}{% endfor %}
            {% endcall %}
          {% endblock %}"""
        with face.test_request_context("/form"):
            return parse(render_template_string(source, form=form))

    def test_the_title_says_so_first(self, page: Element) -> None:
        assert page.one("title").text == "Error: Hours – Virtual Return"

    def test_each_line_of_the_summary_leads_to_a_field(self, page: Element) -> None:
        summary = page.one("div", role="alert")
        targets = [link.attributes["href"].removeprefix("#") for link in summary.all("a")]

        assert targets == ["title", "mode-0", "hours"]
        assert set(targets) <= {item.attributes.get("id") for item in page.walk()}

    def test_a_field_is_tied_to_its_hint_and_its_error(self, page: Element) -> None:
        field = page.one("input", id="hours")

        assert field.attributes["aria-invalid"] == "true"
        ids = field.attributes["aria-describedby"].split()
        texts = [item.text for item in page.walk() if item.attributes.get("id") in ids]
        assert texts == ["h", "Give a number from 1 to 40."]

    def test_what_people_write_takes_the_direction_of_its_script(self, page: Element) -> None:
        assert page.one("input", id="title").attributes["dir"] == "auto"
        assert page.one("textarea", id="problem").attributes["dir"] == "auto"

    def test_groups_have_a_legend(self, page: Element) -> None:
        legends = [legend.text for legend in page.all("legend")]

        assert legends == ["Mode", "Languages (optional)"]

    def test_the_browser_leaves_checking_to_us(self, page: Element) -> None:
        assert "novalidate" in page.one("main").one("form").attributes
