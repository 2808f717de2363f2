"""Migrations go both ways on both databases, in one line, and end at the models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from models import Base
from virtual_return import migrate
from virtual_return.db import make_engine


@pytest.fixture
def empty(databases):
    engine = make_engine(databases.empty())
    yield engine
    engine.dispose()


def tables(engine):
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(migrate.alembic_config()).get_heads()) == 1


def test_files_are_numbered_without_gaps():
    folder = ScriptDirectory.from_config(migrate.alembic_config())
    numbers = sorted(int(script.revision) for script in folder.walk_revisions())

    assert numbers == list(range(1, len(numbers) + 1))


def test_they_go_up_down_and_up_again(empty):
    migrate.upgrade(empty)
    everything = tables(empty)
    migrate.downgrade(empty, "base")
    assert tables(empty) == set()

    migrate.upgrade(empty)
    assert tables(empty) == everything == {table.name for table in Base.metadata.sorted_tables}


def test_migrating_twice_changes_nothing(empty):
    migrate.upgrade(empty)
    migrate.upgrade(empty)


def test_models_and_migrations_do_not_drift(empty):
    migrate.upgrade(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
