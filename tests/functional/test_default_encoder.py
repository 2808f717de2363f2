"""The encoder that people get: it reads across languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.choices import Cefr, EngagementKind, Importance
from tests.functional.plain import Visitor
from tests.functional.seeds import lag, seed
from tests.support.factories import make_expert, make_need, make_user
from tests.support.stack import Stack
from virtual_return.db import Database
from virtual_return.jobs.changes import changed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_french_profile_meets_an_english_need_without_a_word_in_common(
    start_product: Callable[..., Stack],
    own_database: Database,
    eventually: Callable[..., float],
) -> None:
    # More threads than free processors wait for each other, and tests share theirs.
    product = start_product(ENCODER="default", ENCODER_THREADS="1")
    cast = seed(own_database)
    eventually(lambda: lag(own_database) == 0, "the model is loaded", timeout_s=120)
    owner = Visitor(product, "owner@university.example").sign_in()

    with own_database.writing() as session:
        institution = session.merge(cast.institution, load=True)
        need = make_need(
            session, institution, title="Train our midwives in neonatal care",
            kind=EngagementKind.TEACHING, field_of_study="0913",
            problem="Too many newborns die of infections in our district hospital.",
            task="Teach midwives to recognise and treat infections of newborn children.",
            skills={"newborn care": Importance.MUST_HAVE}, languages={"fr": Cefr.B2},
        )  # fmt: skip
        nurse = make_expert(
            session, user=make_user(session, email="claire@nord.example"), language="fr",
            headline_anonymous="Sage-femme en néonatologie", languages={"fr": Cefr.C2},
            skills=("soins du nouveau-né",),
            about="Sage-femme depuis vingt ans, je forme des collègues aux soins du nouveau-né.",
            evidence=["Formation de sages-femmes au traitement des infections du nouveau-né."],
        )  # fmt: skip
        # Its author would have set it, or had it found: shared words are marked within a language.
        nurse.evidence[0].language = "fr"
        changed(session, "need", need.id)
        changed(session, "expert", nurse.id)
        address = f"/needs/{need.public_id}/matches"

    # Five seconds on a machine that has nothing else to do; tests share theirs.
    eventually(
        lambda: "Sage-femme en néonatologie" in owner.get(address).text,
        "a warm worker has both in the lists",
        timeout_s=60,
    )
    text = owner.get(address).text
    assert "Teach midwives to recognise and treat infections of newborn children." in text
    assert "Formation de sages-femmes au traitement des infections du nouveau-né." in text
    assert "in French" in text
