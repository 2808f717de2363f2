"""A worker that can be killed, on a database and a Redis of this test's own."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import AuditEvent, OutboxEntry
from tests.support.processes import Processes, wait_until
from virtual_return.config import Settings
from virtual_return.db import Database, make_engine
from virtual_return.jobs import nudge
from virtual_return.jobs.outbox import enqueue

WORKER = str(Path(__file__).with_name("worker_process.py"))


class Bench:
    """What these tests do and look at."""

    def __init__(self, settings, database, processes):
        self.settings = settings
        self.database = database
        self.processes = processes

    def start_worker(self, name="worker", **settings):
        return self.processes.start(
            name, [sys.executable, WORKER], DATABASE_URL=self.settings.database_url,
            REDIS_URL=self.settings.redis_url, DATA_DIR=str(self.settings.data_dir), **settings,
        )  # fmt: skip

    def enqueue(self, job, **arguments):
        with self.database.writing() as session:
            return enqueue(session, job, **arguments)

    def entry(self, entry_id):
        with self.database.reading() as session:
            return session.get_one(OutboxEntry, entry_id)

    def effects(self, number=None):
        query = select(func.count()).where(AuditEvent.action == "test.effect")
        if number is not None:
            query = query.where(AuditEvent.object_id == number)
        with self.database.reading() as session:
            return session.scalar(query)

    def is_done(self, entry_id):
        return self.entry(entry_id).done_at is not None

    def wait_done(self, entry_id, timeout_s=40):
        return wait_until(lambda: self.is_done(entry_id), timeout_s=timeout_s)


@pytest.fixture
def own_settings(database_url, redis, redis_url, tmp_path):
    settings = Settings(environment="test", data_dir=tmp_path, encoder="hashing")
    return replace(settings, database_url=database_url, redis_url=redis_url)


@pytest.fixture
def own_database(own_settings):
    database = Database(make_engine(own_settings.sqlalchemy_url))
    nudge.install(database, own_settings.redis_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def bench(own_settings, own_database, tmp_path):
    processes = Processes(tmp_path)
    yield Bench(own_settings, own_database, processes)
    processes.stop_all()
