"""One embedded server for all processes of a folder; the last one out stops it."""

import os
import subprocess
import sys

import pytest
from redis import Redis

from tests.support.processes import ROOT, clean_environment, wait_until
from virtual_return.jobs import redis_server
from virtual_return.jobs.redis_server import (
    EmbeddedRedis,
    RedisUnavailableError,
    ensure_redis,
    find_program,
    socket_path,
)

USE_IT = """
import sys
from pathlib import Path
from virtual_return.jobs.redis_server import EmbeddedRedis
server = EmbeddedRedis(Path(sys.argv[1]))
print(server.acquire(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "redis"


@pytest.fixture
def server(folder):
    server = EmbeddedRedis(folder)
    yield server
    server.release()


def start_user(folder):
    return subprocess.Popen(
        [sys.executable, "-c", USE_IT, str(folder)], cwd=ROOT, text=True,
        env=clean_environment(PYTHONPATH=str(ROOT / "platform")),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def test_it_answers_once_acquired(server):
    with Redis.from_url(server.acquire()) as client:
        assert client.ping()


def test_acquiring_twice_starts_one(server):
    server.acquire()
    with Redis.from_url(server.url) as client:
        first = client.info("server")["process_id"]
        server.acquire()
        assert client.info("server")["process_id"] == first


def test_it_stops_with_its_last_user(server):
    server.acquire()
    server.release()

    assert not server.is_running()


def test_another_process_uses_the_same_and_keeps_it_alive(server, folder):
    server.acquire()
    user = start_user(folder)
    try:
        assert user.stdout.readline().strip() == server.url

        server.release()
        assert server.is_running()

        user.communicate("\n", timeout=10)
        wait_until(lambda: not server.is_running(), timeout_s=10)
    finally:
        user.kill()
        user.communicate()


def test_a_server_that_outlived_its_users_is_found_again(server, folder):
    user = start_user(folder)
    user.stdout.readline()
    user.kill()
    user.communicate()
    assert server.is_running()

    server.acquire()
    server.release()

    assert not server.is_running()


def test_it_starts_again_after_it_was_killed(server):
    server.acquire()
    with Redis.from_url(server.url) as client:
        pid = client.info("server")["process_id"]
    os.kill(pid, 9)
    wait_until(lambda: not server.is_running(), timeout_s=10)

    with Redis.from_url(server.acquire()) as client:
        assert client.ping()


def test_a_deep_folder_gets_a_short_socket(tmp_path):
    assert len(os.fsencode(socket_path(tmp_path / ("x" * 120)))) <= 100


def test_a_named_server_is_taken_as_it_is(tmp_path):
    assert ensure_redis("redis://cache:6379/0", tmp_path) == "redis://cache:6379/0"
    assert not list(tmp_path.iterdir())


def test_without_any_server_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(redis_server, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(RedisUnavailableError, match="REDIS_URL"):
        find_program()
