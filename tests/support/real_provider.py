"""Certified OpenID providers on loopback: the Node package oidc-provider, told who signs in."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from tests.support.mail import free_port
from tests.support.processes import ROOT, Processes, wait_until
from tests.support.programs import find_node

FOLDER = ROOT / "tests" / "support" / "node_provider"
CLIENT_ID = "virtual-return"
CLIENT_SECRET = "a secret that only the two of us know"
NO_ANSWER_S = 5


def missing() -> str:
    """Say what these tests lack on this machine; empty if nothing."""
    if find_node() is None:
        return "Node 20 or newer, for tests with a certified OpenID provider."
    if not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        return "the Node package oidc-provider: `make test` installs it."
    return ""


@dataclass
class RealProvider:
    """One process, one issuer."""

    processes: Processes
    name: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Serve, and return when it answers."""
        node = find_node()
        assert node
        self.process = self.processes.start(
            self.name, [node, str(FOLDER / "server.mjs")], PORT=str(self.port)
        )
        wait_until(self._answers, timeout_s=30, what=f"{self.name} answers")

    def stop(self) -> None:
        """Go down without a word, as a server does whose power fails."""
        self.processes.kill(self.process)

    def knows(self, **people: dict[str, Any]) -> None:
        """Name who has an account there, and what the provider says of them."""
        self._control(set={"people": people})

    def accepts(self, *callbacks: str, **client: Any) -> None:
        """Register our client with these addresses and nothing else."""
        registered = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uris": list(callbacks),
            **client,
        }
        self._control(set={"clients": {CLIENT_ID: registered}})

    def describes_itself_with(self, **metadata: Any) -> None:
        """Lie in the description that others read."""
        self._control(set={"metadata": metadata})

    def delays_tokens(self, seconds: float) -> None:
        self._control(set={"tokenDelayMs": int(seconds * 1000)})

    def rotates_keys(self) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self._control(rotate=True)

    def _control(self, **wish: Any) -> None:
        request = urllib.request.Request(f"{self.issuer}/control", json.dumps(wish).encode())
        with urllib.request.urlopen(request, timeout=NO_ANSWER_S) as answer:
            assert json.load(answer)["issuer"] == self.issuer

    def _answers(self) -> bool:
        address = f"{self.issuer}/.well-known/openid-configuration"
        try:
            with urllib.request.urlopen(address, timeout=NO_ANSWER_S) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
