"""A test that leaves this machine fails: it would pass today and hang tomorrow."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

NAMES = frozenset({"localhost", "", "127.0.0.1", "::1"})


class NetworkForbiddenError(RuntimeError):
    """A test tried to reach another machine."""


def forbid_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets connect to loopback and Unix sockets alone."""
    connect, connect_ex, resolve = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded(self: socket.socket, address: Any) -> None:
        _check(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None and not is_local(host):
            raise NetworkForbiddenError(f"A test looked up {host!r}.")
        return resolve(host, *arguments, **options)

    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)


def is_local(host: str | bytes) -> bool:
    """Return whether a name or address means this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in NAMES


def _check(connection: socket.socket, address: Any) -> None:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
        raise NetworkForbiddenError(f"A test connected to {address[0]!r}.")
