"""`virtual-return index`: what it says, and what it repairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from matching.changelog import Change
from matching.generations import GenerationStore
from matching.vectors import ItemVectors
from models.choices import OwnerKind
from tests.support.factories import Cast
from virtual_return.cli import index as commands
from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.matches import indexes, verifying
from virtual_return.matches.verifying import verify

EXPERT = OwnerKind.EXPERT
Run = Callable[..., str]


@pytest.fixture
def run(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the test's own database."""

    class Opened:
        def __enter__(self) -> tuple[Settings, Database]:
            return settings, database

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(commands, "opened", Opened)

    def run(*arguments: str, exit_code: int = 0) -> str:
        done = CliRunner().invoke(commands.group, arguments)
        assert done.exit_code == exit_code, done.output
        return done.output

    return run


@pytest.fixture
def store(settings: Settings, indexed: Cast) -> GenerationStore:
    return GenerationStore(indexes.index_folder(settings, EXPERT))


def texts(session: Session, settings: Settings) -> list[str]:
    return [problem.text for problem in verify(session, settings)]


def test_status_says_what_is_there(run: Run, indexed: Cast, store: GenerationStore) -> None:
    said = run("status")
    assert "0 changes behind" in said
    assert f"people: 1 owners, {len(store.current().index)} vectors of hashing" in said
    assert "small enough to be searched as a whole" in said


def test_status_of_nothing_says_so(run: Run) -> None:
    assert "generation none yet" in run("status")


def test_a_right_index_is_said_to_be_right(run: Run, indexed: Cast) -> None:
    assert "everybody whom it should have" in run("verify", "--check")


def test_differences_are_named_and_repaired(
    session: Session, settings: Settings, run: Run, indexed: Cast, store: GenerationStore
) -> None:
    change = store.current().change
    rows = store.current().index.rows_of(str(indexed.profile.id))
    store.append([Change("987", rows), Change(str(indexed.profile.id), None)], change)
    assert texts(session, settings) == [
        "people: 1 are in the index and must not be found.",
        "people: 1 are not in the index.",
    ]
    run("verify", "--check", exit_code=1)
    assert "2 of 2 problems are repaired" in run("verify")
    assert store.current().index.owners() == (str(indexed.profile.id),)


def test_other_vectors_are_noticed_even_under_the_same_names(
    session: Session, settings: Settings, run: Run, indexed: Cast, store: GenerationStore
) -> None:
    owner = str(indexed.profile.id)
    rows = store.current().index.rows_of(owner)
    other = ItemVectors(rows.items, rows.vectors[:, ::-1].copy())
    store.append([Change(owner, other)], store.current().change)
    assert texts(session, settings) == ["people: 1 have other texts in the index."]
    run("verify")
    assert texts(session, settings) == []


def test_damaged_files_are_made_anew(
    session: Session, settings: Settings, run: Run, indexed: Cast, store: GenerationStore
) -> None:
    file = next(store.directory.glob("generation-*/vectors-*.f32"))
    content = bytearray(file.read_bytes())
    content[7] ^= 1
    file.write_bytes(bytes(content))
    assert "checksum" in texts(session, settings)[0]
    assert "1 of 1 problems are repaired" in run("verify")
    assert GenerationStore(store.directory).current().index.owners() == (str(indexed.profile.id),)


def test_what_cannot_be_repaired_is_said(
    run: Run, indexed: Cast, store: GenerationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append([Change("987", None), Change(str(indexed.profile.id), None)], 99)
    monkeypatch.setattr(verifying, "refresh_now", lambda *_: None)
    assert "index rebuild" in run("verify", exit_code=1)


def test_a_rebuild_makes_both_anew(run: Run, indexed: Cast, store: GenerationStore) -> None:
    before = store.current().index.owners()
    assert "Both indexes are new" in run("rebuild")
    assert GenerationStore(store.directory).current().index.owners() == before
