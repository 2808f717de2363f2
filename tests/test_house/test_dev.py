"""What `make run` starts: everything, on one machine, and it leaves nothing behind."""

import http.client
import json
import socket
import sys
from pathlib import Path

import pytest

from tests.support.mail import free_port
from tests.support.processes import Processes, wait_until
from virtual_return.jobs.redis_server import EmbeddedRedis

PROGRAM = str(Path(sys.executable).parent / "virtual-return")

pytestmark = pytest.mark.slow


@pytest.fixture
def processes(tmp_path):
    processes = Processes(tmp_path)
    yield processes
    processes.stop_all()


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return None, b""
    finally:
        connection.close()


def start(processes, port, tmp_path):
    return processes.start(
        "dev", [PROGRAM, "dev", "--no-demo"], PORT=str(port), DATA_DIR=str(tmp_path / "var"),
        ENVIRONMENT="development", ENCODER="hashing",
    )  # fmt: skip


def test_it_serves_everything_and_stops_everything(processes, tmp_path):
    port = free_port()
    dev = start(processes, port, tmp_path)

    wait_until(lambda: ask(port, "/healthz")[0] == 200, timeout_s=90, what=processes.log("dev"))
    status, body = ask(port, "/readyz")
    assert status == 200
    assert json.loads(body)["checks"]["redis"]["well"]
    assert ask(port, "/")[0] == 200
    wait_until(lambda: "has caught up" in processes.log("dev"), timeout_s=60)

    dev.terminate()
    assert dev.wait(timeout=30) == 0
    assert ask(port, "/healthz")[0] is None
    assert not EmbeddedRedis(tmp_path / "var" / "redis").is_running()


def test_a_taken_port_is_refused_before_anything_is_started(processes, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        dev = start(processes, port, tmp_path)

        assert dev.wait(timeout=60) == 1
    assert f"make run PORT={port + 1}" in processes.log("dev")
    assert not (tmp_path / "var").exists()
