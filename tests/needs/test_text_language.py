"""The language of a need is found in its texts, whatever language the page was in."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.choices import EngagementKind
from tests.support.factories import Cast
from virtual_return.needs import operations
from virtual_return.needs.values import What

FRENCH = What(
    title="Relire notre cours d’eau potable",
    kind=EngagementKind.REVIEW,
    task="Lire le programme du cours et proposer ce qu’il faut y changer.",
)


def test_a_need_in_french_on_an_english_page_is_in_french(session: Session, cast: Cast) -> None:
    need = operations.create_draft(session, cast.owner, cast.institution, FRENCH)
    assert cast.owner.locale == "en"
    assert need.language == "fr"


def test_its_author_corrects_it(session: Session, cast: Cast) -> None:
    need = operations.create_draft(session, cast.owner, cast.institution, FRENCH)
    corrected = What(title=FRENCH.title, task=FRENCH.task, language="ht")
    operations.save_what(session, cast.owner, need, corrected)
    assert need.language == "ht"
    longer = What(title=FRENCH.title, task=f"{FRENCH.task} Merci.", language="ht")
    operations.save_what(session, cast.owner, need, longer)
    assert need.language == "ht"


def test_what_was_found_follows_the_text(session: Session, cast: Cast) -> None:
    need = operations.create_draft(session, cast.owner, cast.institution, FRENCH)
    english = What(
        title="Read our course on drinking water",
        task="Read the programme of the course and say what should be changed in it.",
        language="fr",
    )
    operations.save_what(session, cast.owner, need, english)
    assert need.language == "en"
