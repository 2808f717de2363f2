"""The worker embeds what changed and publishes it; any interruption leaves a way on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matching.changelog import Change
from matching.hashing import HashingEncoder
from matching.plan import Role, embedding_plan
from matching.vectors import Float32
from models import Embedding, Expert, OutboxEntry
from models.choices import NeedState, OwnerKind, Visibility
from tests.matches.conftest import Work, expert_of
from tests.support.factories import Cast, make_expert, make_need
from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.jobs import changes
from virtual_return.matches import embeddings, indexes, texts
from virtual_return.matches.encoders import identity_of
from virtual_return.matches.indexes import IndexReader, IndexWriter
from virtual_return.matches.refreshing import EXPLAINED_PER_BATCH, Refresh
from virtual_return.matches.texts import Owner

EXPERT, NEED = OwnerKind.EXPERT, OwnerKind.NEED


def people(settings: Settings) -> tuple[str, ...]:
    served = IndexReader(settings).current(EXPERT)
    assert served is not None
    return served.index.owners()


def rows(session: Session) -> list[tuple[int, str]]:
    found = session.execute(select(Embedding.id, Embedding.text_hash).order_by(Embedding.id))
    return [(id, text_hash) for id, text_hash in found]


class Interrupting(HashingEncoder):
    """Does something in the middle of encoding, as somebody else might."""

    def __init__(self, act: object) -> None:
        self.act = act
        self.calls = 0

    def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
        self.calls += 1
        if self.calls == 1:
            self.act()  # type: ignore[operator]
        return super().encode(texts, languages)


def run(database: Database, settings: Settings, encoder: HashingEncoder) -> None:
    Refresh(database, IndexWriter(settings, identity_of(encoder)), encoder).run()


def test_it_embeds_and_publishes_what_changed(
    session: Session, indexed: Cast, settings: Settings
) -> None:
    assert people(settings) == (str(indexed.profile.id),)
    state = changes.index_state(session)
    assert state is not None
    assert state.built_change == state.wanted_change > 0
    assert state.generation
    kept = session.scalars(select(Embedding.position).where(Embedding.owner_kind == EXPERT)).all()
    assert {-2, -1, 0} <= set(kept)


def test_a_second_run_changes_nothing(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    before = rows(session)
    work(expert_of(indexed))
    assert rows(session) == before
    changes.changed(session, "expert", indexed.profile.id)
    work()
    assert rows(session) == before
    assert people(settings) == (str(indexed.profile.id),)


def test_an_edit_replaces_its_vectors_and_drops_those_of_texts_that_are_gone(
    session: Session, indexed: Cast, work: Work
) -> None:
    item = indexed.profile.evidence[0]
    before = {text_hash for _, text_hash in rows(session)}
    indexed.profile.about_anonymous = "Teaches statistics to nurses."
    indexed.profile.evidence = []
    changes.changed(session, "expert", indexed.profile.id)
    work()
    items = session.scalars(select(Embedding.item).where(Embedding.owner_kind == EXPERT)).all()
    assert f"evidence:{item.id}" not in items
    assert {text_hash for _, text_hash in rows(session)} - before


def test_a_text_that_changes_while_it_is_encoded_is_not_written(
    session: Session, cast: Cast, database: Database, settings: Settings
) -> None:
    changes.changed(session, "expert", cast.profile.id)
    session.commit()

    def edit() -> None:
        with database.writing() as other:
            expert = other.get_one(Expert, cast.profile.id)
            expert.headline_anonymous = "Somebody else entirely"
            changes.changed(other, "expert", expert.id)

    encoder = Interrupting(edit)
    run(database, settings, encoder)
    # The entry of the edit was taken along: what is stored is the text as it is now.
    with database.reading() as other:
        document = texts.read_documents(other, EXPERT, [cast.profile.id])[cast.profile.id]
        plan = embedding_plan(document, (Role.PASSAGE,))
        stored = embeddings.stored_hashes(other, EXPERT, [cast.profile.id], identity_of(encoder))
        assert not embeddings.missing(plan, stored[cast.profile.id])


def test_somebody_who_erases_while_being_encoded_leaves_nothing(
    session: Session, cast: Cast, database: Database, settings: Settings
) -> None:
    changes.changed(session, "expert", cast.profile.id)
    session.commit()

    def erase() -> None:
        with database.writing() as other:
            other.delete(other.get_one(Expert, cast.profile.id))
            changes.changed(other, "expert", cast.profile.id)

    run(database, settings, Interrupting(erase))
    count = select(func.count()).select_from(Embedding).where(Embedding.owner_kind == EXPERT)
    assert session.scalar(count) == 0
    assert people(settings) == ()


def test_who_hides_is_taken_out_of_the_index_and_keeps_the_vectors(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    indexed.profile.visibility = Visibility.HIDDEN
    changes.changed(session, "expert", indexed.profile.id)
    work()
    assert people(settings) == ()
    assert rows(session)


def test_a_need_that_closes_leaves_the_index_and_its_vectors(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    indexed.need.state = NeedState.CLOSED
    changes.changed(session, "need", indexed.need.id)
    work()
    served = IndexReader(settings).current(NEED)
    assert served is not None
    assert served.index.owners() == ()
    count = select(func.count()).select_from(Embedding).where(Embedding.owner_kind == NEED)
    assert session.scalar(count) == 0


@pytest.mark.parametrize("damage", ["lost", "cut", "other encoder"])
def test_an_index_that_cannot_be_used_is_built_again_from_the_database(
    session: Session, indexed: Cast, work: Work, settings: Settings, damage: str
) -> None:
    folder = indexes.index_folder(settings, EXPERT)
    if damage == "lost":
        shutil.rmtree(folder)
    elif damage == "cut":
        file = next(folder.glob("generation-*/vectors-*.f32"))
        file.write_bytes(file.read_bytes()[:-10])
    else:
        manifest = next(folder.glob("generation-*/manifest.json"))
        manifest.write_text(manifest.read_text().replace('"name": "hashing"', '"name": "old"'))
    changes.changed(session, "need", indexed.need.id)
    work()
    assert people(settings) == (str(indexed.profile.id),)


def test_a_person_who_waits_comes_before_a_mass(
    session: Session, cast: Cast, database: Database, settings: Settings
) -> None:
    mass = [make_expert(session).id for _ in range(40)]
    changes.changed_many(session, "expert", mass)
    changes.changed(session, "expert", cast.profile.id)
    session.commit()
    seen: list[tuple[str, ...]] = []

    class Watching(IndexWriter):
        def publish(self, kind: OwnerKind, index: object, change: int) -> int:
            if kind is EXPERT and index.owners():  # type: ignore[attr-defined]
                seen.append(index.owners())  # type: ignore[attr-defined]
            return super().publish(kind, index, change)  # type: ignore[arg-type]

        def append(self, kind: OwnerKind, changes: Sequence[Change], change: int) -> None:
            if kind is EXPERT and changes:
                seen.append(tuple(change.owner for change in changes))
            super().append(kind, changes, change)

    encoder = HashingEncoder()
    Refresh(database, Watching(settings, identity_of(encoder)), encoder).run()
    assert str(cast.profile.id) in seen[0]
    assert len(people(settings)) == 41


def test_a_second_change_is_taken_along_while_the_first_still_waits_to_be_marked(
    session: Session, indexed: Cast, database: Database, settings: Settings
) -> None:
    """Both tell the same entry: a mass load goes on, and somebody edits and then hides."""
    indexed.profile.about_anonymous = "Teaches statistics to nurses."
    changes.changed(session, "expert", indexed.profile.id)
    changes.changed_many(session, "expert", [make_expert(session).id for _ in range(80)])
    session.commit()
    seen: list[bool] = []

    class Hiding(HashingEncoder):
        def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
            if len(seen) == 1:
                with database.writing() as other:
                    expert = other.get_one(Expert, indexed.profile.id)
                    expert.visibility = Visibility.HIDDEN
                    changes.changed(other, "expert", expert.id)
            seen.append(str(indexed.profile.id) in people(settings))
            return super().encode(texts, languages)

    run(database, settings, Hiding())
    # In the index with the first batch, gone after the next; batches of the mass came after.
    assert seen[1]
    assert not any(seen[3:])
    assert str(indexed.profile.id) not in people(settings)


def test_a_change_does_not_wait_for_what_only_explains(
    session: Session, indexed: Cast, work: Work, database: Database, settings: Settings
) -> None:
    """The entry of a mass that another run took along: its owners are in the index already."""
    mass = [make_expert(session).id for _ in range(40)]
    changes.changed_many(session, "expert", mass)
    told = session.scalars(select(OutboxEntry).where(OutboxEntry.done_at.is_(None))).one()
    work()
    told.done_at = None
    session.execute(delete(Embedding).where(Embedding.owner_id.in_(mass)))
    session.commit()
    seen: list[bool] = []

    class Watching(HashingEncoder):
        def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
            if not seen:
                with database.writing() as other:
                    expert = other.get_one(Expert, indexed.profile.id)
                    expert.visibility = Visibility.HIDDEN
                    changes.changed(other, "expert", expert.id)
            seen.append(str(indexed.profile.id) in people(settings))
            return super().encode(texts, languages)

    encoder = Watching()
    owners = [Owner(EXPERT, id) for id in mass]
    change = told.arguments["change"]
    Refresh(database, IndexWriter(settings, identity_of(encoder)), encoder).run(owners, change)
    assert seen[0]
    # One batch was under way.
    assert not any(seen[2:])
    assert len(seen) >= 40 / EXPLAINED_PER_BATCH


def test_a_new_encoder_makes_every_vector_anew(
    session: Session, indexed: Cast, database: Database, settings: Settings
) -> None:
    class Newer(HashingEncoder):
        revision = "2"

    changes.changed(session, "need", indexed.need.id)
    session.commit()
    run(database, settings, Newer())
    assert set(session.scalars(select(Embedding.revision))) == {"2"}
    assert people(settings) == (str(indexed.profile.id),)


def test_a_change_is_appended_and_read_back_by_its_number(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    reader = IndexReader(settings)
    before = reader.current(EXPERT)
    other = make_expert(session)
    changes.changed(session, "expert", other.id)
    state = changes.index_state(session)
    assert state is not None
    wanted = state.wanted_change
    assert reader.wait_for(EXPERT, wanted, timeout_s=0) is None
    work()
    assert before is not None
    for kind in OwnerKind:
        served = reader.wait_for(kind, wanted, timeout_s=0)
        assert served is not None
        # The same generation goes on: nothing was written but what changed.
        assert (served.number, served.change) == (1, wanted)
    after = reader.current(EXPERT)
    assert after is not None
    assert str(other.id) in after.index
    # Whoever is still answering a request with what was there sees nothing of it.
    assert str(other.id) not in before.index


def test_facts_alone_write_no_vectors(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    log = next(indexes.index_folder(settings, EXPERT).glob("generation-*/changes.log"))
    before = log.stat().st_size
    changes.changed(session, "expert", indexed.profile.id)
    work()
    assert log.stat().st_size - before < 100


def test_changes_that_the_log_lost_are_made_up_for(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    other = make_expert(session)
    changes.changed(session, "expert", other.id)
    work()
    log = next(indexes.index_folder(settings, EXPERT).glob("generation-*/changes.log"))
    log.write_bytes(log.read_bytes()[:-1])
    assert str(other.id) not in people(settings)
    changes.changed(session, "need", indexed.need.id)
    work()
    assert str(other.id) in people(settings)


def test_a_long_log_is_merged_into_a_new_generation(
    session: Session,
    indexed: Cast,
    work: Work,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = IndexReader(settings)
    indexes.merge(settings)
    assert [p.name for p in indexes.index_folder(settings, EXPERT).glob("gen*")] == [
        "generation-000000001"
    ]
    other = make_expert(session)
    changes.changed(session, "expert", other.id)
    work()
    before = people(settings)
    monkeypatch.setattr("matching.merging.MERGE_ROWS", 0)
    indexes.merge(settings)
    served = reader.current(EXPERT)
    assert served is not None
    assert served.number == 2
    assert served.index.owners() == before
    changes.changed(session, "expert", other.id)
    work(expert_of(indexed))
    assert people(settings) == before


def test_two_processes_see_a_new_generation_at_their_next_look(
    session: Session, indexed: Cast, work: Work, settings: Settings
) -> None:
    first, second = IndexReader(settings), IndexReader(replace(settings))
    assert first.current(EXPERT)
    assert second.current(EXPERT)
    other = make_expert(session)
    need = make_need(session, indexed.institution)
    changes.changed(session, "expert", other.id)
    changes.changed(session, "need", need.id)
    work()
    for reader in (first, second):
        served = reader.current(EXPERT)
        assert served is not None
        assert str(other.id) in served.index
