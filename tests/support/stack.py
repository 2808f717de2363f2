"""The whole product as processes: web server, worker and scheduler, with nothing replaced."""

from __future__ import annotations

import http.client
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.mail import Mailbox, free_port
from tests.support.processes import Processes, wait_until

PROGRAMS = Path(sys.executable).parent


@dataclass
class Stack:
    """A running product; each setting is as a deployment would write it."""

    processes: Processes
    settings: dict[str, str]
    mailbox: Mailbox
    port: int
    # What browsers call it; passkeys need a name where everything else does with a number.
    host: str = "127.0.0.1"
    # The web server's master process, once it was started.
    web: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start_web(self) -> None:
        """Serve with two processes, and return when the first page can be had."""
        self.web = self.processes.start(
            "web",
            [
                sys.executable, "-m", "gunicorn", "wsgi:app", "--preload", "--workers", "2",
                "--threads", "2", "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning",
            ],
            **self.settings,
        )  # fmt: skip
        wait_until(self._is_served, timeout_s=60, what="a page is served")

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Start `worker` or `scheduler`."""
        program = str(PROGRAMS / "virtual-return")
        return self.processes.start(command, [program, command], **self.settings)

    def _is_served(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()


def make_stack(
    processes: Processes,
    *,
    database_url: str,
    redis_url: str,
    mailbox: Mailbox,
    host: str = "127.0.0.1",
    **settings: str,
) -> Stack:
    """Return a product that is not started yet; settings are named as in the environment."""
    port = free_port()
    return Stack(
        processes,
        {
            # "test" would switch limits off.
            "ENVIRONMENT": "development",
            "BASE_URL": f"http://{host}:{port}",
            "DATA_DIR": str(processes.folder / "var"),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "MAIL_URL": mailbox.url,
            "ENCODER": "hashing",
            **settings,
        },
        mailbox,
        port,
        host,
    )
