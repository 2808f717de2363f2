"""Fetch a small text from a host that somebody named, without being led to one of ours.

1. The name is resolved here, and every address of it must be public.
2. The connection goes to the address that was looked at, never to what the name says a moment
   later; Host and TLS still name the host.
3. A redirect is followed on the same host alone, with all of this anew.
4. Size, time and the number of connections are limited as a whole.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urljoin, urlsplit

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

from virtual_return.reference.public_addresses import is_public

BODY_LIMIT = 64_000
HEAD_LIMIT = 16_000
TIME_LIMIT_S = 10.0
LOOKUP_LIMIT_S = 5.0
MAXIMUM_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
USER_AGENT = "VirtualReturn-verification/1.0"


class FetchError(Exception):
    """Nothing could be read; `fault` says why in one word for which pages have sentences."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def resolve_addresses(host: str) -> list[str]:
    """Return all addresses of a host, asking the name servers and no file of this machine."""
    found = [str(item) for item in _ask(host, "A")]
    try:
        return found + [str(item) for item in _ask(host, "AAAA")]
    except FetchError:
        # Some servers answer nothing that is of use about IPv6.
        if not found:
            raise
        return found


def resolve_texts(name: str) -> list[str]:
    """Return the TXT records of a name."""
    records = cast("list[TXT]", _ask(name, "TXT")[:100])
    return [b"".join(item.strings).decode("utf-8", "replace")[:500] for item in records]


def _ask(name: str, kind: str) -> list[dns.rdata.Rdata]:
    resolver = dns.resolver.Resolver()
    try:
        # The final dot keeps the search list of this machine's network out.
        answer = resolver.resolve(name + ".", kind, lifetime=LOOKUP_LIMIT_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, ValueError) as error:
        raise FetchError("no_name_server") from error
    return list(answer)


@dataclass(frozen=True, slots=True)
class Network:
    """How the outside is reached; tests put a resolver and a policy of theirs here."""

    addresses: Callable[[str], list[str]] = resolve_addresses
    texts: Callable[[str], list[str]] = resolve_texts
    is_allowed: Callable[[str], bool] = is_public
    ports: dict[str, int] = field(default_factory=lambda: {"https": 443, "http": 80})
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    time_limit_s: float = TIME_LIMIT_S


def fetch(network: Network, scheme: str, host: str, path: str) -> str:
    """Return the text at an address, or raise FetchError."""
    deadline = time.monotonic() + network.time_limit_s
    for _hop in range(MAXIMUM_REDIRECTS + 1):
        status, location, body = _once(network, scheme, host, path, deadline)
        if status not in REDIRECTS:
            if status != http.HTTPStatus.OK:
                raise FetchError("not_found")
            return body.decode("utf-8", "replace")
        scheme, path = _follow(scheme, host, path, location)
    raise FetchError("redirects")


def _follow(scheme: str, host: str, path: str, location: str) -> tuple[str, str]:
    """Return where a redirect leads, if that is the same host and not down from TLS."""
    try:
        target = urlsplit(urljoin(f"{scheme}://{host}{path}", location))
        port = target.port
    except ValueError as error:
        raise FetchError("redirects") from error
    usual = {"https": 443, "http": 80}.get(target.scheme)
    is_down = (scheme, target.scheme) == ("https", "http")
    if target.hostname != host or usual is None or port not in (None, usual) or is_down:
        raise FetchError("leads_elsewhere")
    return target.scheme, (target.path or "/") + (f"?{target.query}" if target.query else "")


def _once(
    network: Network, scheme: str, host: str, path: str, deadline: float
) -> tuple[int, str, bytes]:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
        "Accept: text/plain\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )
    if not request.isascii() or request.count("\r\n") != 7:
        raise FetchError("redirects")
    with _connected(network, scheme, host, deadline) as connection:
        try:
            connection.sendall(request.encode())
            raw = _read(connection, deadline)
        except TimeoutError as error:
            raise FetchError("too_slow") from error
        except OSError as error:
            raise FetchError("unreachable") from error
    return _parse(raw)


@contextmanager
def _connected(
    network: Network, scheme: str, host: str, deadline: float
) -> Iterator[socket.socket]:
    """Connect to an address of the host that was looked at."""
    address = _checked_address(network, host)
    try:
        plain = socket.create_connection((address, network.ports[scheme]), _left(deadline))
    except TimeoutError as error:
        raise FetchError("too_slow") from error
    except OSError as error:
        raise FetchError("unreachable") from error
    with plain:
        if scheme == "http":
            yield plain
            return
        try:
            secured = network.tls().wrap_socket(plain, server_hostname=host)
        except TimeoutError as error:
            raise FetchError("too_slow") from error
        except OSError as error:
            raise FetchError("certificate") from error
        with secured:
            yield secured


def _checked_address(network: Network, host: str) -> str:
    """Return an address; one that is not public among several is a trick, not a mistake."""
    found = network.addresses(host)
    if not found:
        raise FetchError("no_address")
    if not all(network.is_allowed(address) for address in found):
        raise FetchError("not_public")
    return found[0]


def _read(connection: socket.socket, deadline: float) -> bytes:
    """Read until the other side ends, but no longer and no more than is allowed."""
    raw = bytearray()
    while len(raw) <= HEAD_LIMIT + BODY_LIMIT:
        connection.settimeout(_left(deadline))
        part = connection.recv(16_384)
        if not part:
            return bytes(raw)
        raw += part
        if _is_whole(raw):
            return bytes(raw)
    raise FetchError("too_large")


def _is_whole(raw: bytearray) -> bool:
    """Say whether all that was announced is there: some servers do not hang up."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:") and line[15:].strip()[:9].isdigit():
            return len(body) >= int(line[15:].strip()[:9])
    return False


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("too_slow")
    return left


class _Answer:
    """What was read, in the form in which http.client takes it."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, *_args: object) -> io.BytesIO:
        return io.BytesIO(self._raw)


def _parse(raw: bytes) -> tuple[int, str, bytes]:
    answer = http.client.HTTPResponse(cast(socket.socket, _Answer(raw)))
    try:
        answer.begin()
        body = answer.read(BODY_LIMIT + 1)
    except (http.client.HTTPException, ValueError, OSError) as error:
        raise FetchError("unreadable") from error
    if len(body) > BODY_LIMIT:
        raise FetchError("too_large")
    return answer.status, answer.getheader("Location") or "", body
