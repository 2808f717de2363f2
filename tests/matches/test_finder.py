"""The sweep finds texts without vectors, vectors without owners, and an index that is away."""

from __future__ import annotations

import shutil

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models import Embedding, Expert, IndexState
from models.choices import OwnerKind
from tests.matches.conftest import Work
from tests.support.factories import Cast, make_expert
from virtual_return.config import Settings
from virtual_return.matches import indexes
from virtual_return.matches.indexes import IndexReader
from virtual_return.matches.jobs import StaleFinder


def test_there_is_nothing_to_find_when_all_is_done(
    session: Session, indexed: Cast, settings: Settings
) -> None:
    assert StaleFinder(settings)(session) == 0


def test_nobody_told_of_a_new_profile(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    other = make_expert(session)
    assert StaleFinder(settings)(session) == 1
    work()
    served = IndexReader(settings).current(OwnerKind.EXPERT)
    assert served is not None
    assert str(other.id) in served.index


def test_nobody_told_of_an_edit(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    indexed.profile.about_anonymous = "Something else that nobody told of."
    session.flush()
    finder = StaleFinder(settings)
    assert finder(session) == 1
    work()
    assert finder(session) == 0


def test_vectors_of_somebody_gone_are_deleted(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    session.execute(delete(Expert).where(Expert.id == indexed.profile.id))
    assert StaleFinder(settings)(session) == 1
    work()
    count = select(func.count()).select_from(Embedding)
    assert session.scalar(count.where(Embedding.owner_kind == OwnerKind.EXPERT)) == 0


def test_an_index_that_is_away_is_asked_for_and_built(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    shutil.rmtree(settings.data_dir / "index" / "people")
    assert indexes.problem_of(settings, OwnerKind.EXPERT)
    assert StaleFinder(settings)(session) == 1
    work()
    assert not indexes.problem_of(settings, OwnerKind.EXPERT)


def test_a_change_whose_entry_was_lost_is_found(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    session.execute(update(IndexState).values(wanted_change=IndexState.wanted_change + 1))
    finder = StaleFinder(settings)
    assert finder(session) == 1
    work()
    assert finder(session) == 0
