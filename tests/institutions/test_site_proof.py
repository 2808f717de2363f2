"""A file at the site: the worker reads it, and is led nowhere else."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import now
from models.choices import ProofKind, ProofState
from tests.support.evidence import make_draft
from tests.support.factories import Cast
from virtual_return.institutions import checking, evidence, fetching, jobs
from virtual_return.institutions.fetching import FetchError, Network, fetch
from virtual_return.reference.public_addresses import is_public

HOST = "gollis.example"


@dataclass
class Site:
    """A web server on loopback that answers as it is told, and remembers whom it was asked as."""

    answer: Callable[[socket.socket], None]
    asked: list[str] = field(default_factory=list)
    port: int = 0


def text_of(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def says(raw: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(raw)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], Site]]:
    listeners: list[socket.socket] = []

    def start(answer: Callable[[socket.socket], None]) -> Site:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        site = Site(answer, port=listener.getsockname()[1])

        def work() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        site.asked.append(connection.recv(4096).decode("latin-1"))
                        site.answer(connection)
                    except OSError:
                        continue

        threading.Thread(target=work, daemon=True).start()
        return site

    yield start
    for listener in listeners:
        listener.close()


def network(site: Site, **changes: object) -> Network:
    """Let every name lead to the site, which counts as public; nothing listens for TLS."""
    values: dict[str, object] = {
        "addresses": lambda _host: ["127.0.0.1"],
        "is_allowed": lambda _address: True,
        "ports": {"https": 9, "http": site.port},
        "time_limit_s": 2.0,
    }
    return Network(**{**values, **changes})  # type: ignore[arg-type]


def test_a_file_proves_the_domain(
    app: Flask, session: Session, cast: Cast, serve: Callable[..., Site]
) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.SITE_FILE)
    line = checking.expected(item.challenge)
    site = serve(says(text_of(f"\ufeff{line}\r\nthanks\n".encode())))
    session.commit()
    with app.app_context():
        jobs.Checker(network(site)).check(item.id)
    session.expire_all()
    assert item.state == ProofState.PROVED
    # The connection goes to the address that was looked at, and still names the host.
    assert f"GET {checking.PATH} HTTP/1.1" in site.asked[0]
    assert f"Host: {HOST}\r\n" in site.asked[0]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
        "2002:c0a8:101::1", "2001:0:7f00:1::", "not an address", "", "100::1",
    ],
)  # fmt: skip
def test_an_address_inside_some_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "41.78.72.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::101:101"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_mapped_as_bare(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["::ffff:127.0.0.1"]],
)
def test_nothing_is_connected_to_where_one_address_is_inside(
    serve: Callable[..., Site], addresses: list[str]
) -> None:
    site = serve(says(text_of(b"secret")))
    inside = network(site, addresses=lambda _host: addresses, is_allowed=is_public)
    with pytest.raises(FetchError, match="not_public"):
        fetch(inside, "http", HOST, "/")
    assert checking.look(inside, ProofKind.SITE_FILE, HOST, "x") == "not_public"
    assert site.asked == []


def test_the_policy_is_asked_anew_at_each_redirect(serve: Callable[..., Site]) -> None:
    """A name that leads elsewhere a moment later gains nothing by it."""
    site = serve(says(text_of(b"", "302 Found", "Location: /again\r\n")))
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    moved = network(
        site,
        addresses=lambda _host: next(answers),
        is_allowed=lambda address: address == "127.0.0.1",
    )
    with pytest.raises(FetchError, match="not_public"):
        fetch(moved, "http", HOST, "/")
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/", "http://localhost/", "//evil.example/",
        "https://evil.example/", "http://gollis.example:6379/", "ftp://gollis.example/",
        "file:///etc/passwd", "gopher://gollis.example/", "http://gollis.example@evil.example/",
        "http://gollis.example.evil.example/", "http://www.gollis.example/", "http://[::1]/",
        "http://[broken/", "http://gollis.example:99999/",
    ],
)  # fmt: skip
def test_a_redirect_off_the_host_is_not_followed(serve: Callable[..., Site], location: str) -> None:
    site = serve(says(text_of(b"", "302 Found", f"Location: {location}\r\n")))
    with pytest.raises(FetchError) as caught:
        fetch(network(site), "http", HOST, "/")
    assert caught.value.fault in {"leads_elsewhere", "redirects"}
    assert len(site.asked) == 1


def test_a_redirect_on_the_host_is_followed_but_not_for_ever(serve: Callable[..., Site]) -> None:
    site = serve(says(text_of(b"", "301 Moved", "Location: /next?a=1\r\n")))
    with pytest.raises(FetchError, match="redirects"):
        fetch(network(site), "http", HOST, "/")
    assert len(site.asked) == fetching.MAXIMUM_REDIRECTS + 1
    assert "GET /next?a=1 " in site.asked[1]


def test_a_header_cannot_be_smuggled_in(serve: Callable[..., Site]) -> None:
    site = serve(says(text_of(b"", "302 Found", "Location: /a b\u00e9\r\n")))
    with pytest.raises(FetchError):
        fetch(network(site), "http", HOST, "/")
    with pytest.raises(FetchError):
        fetch(network(site), "http", "gollis.example\r\nX: y", "/")
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (text_of(b"no", "404 Not Found"), "not_found"),
        (text_of(b"no", "500 Error"), "not_found"),
        (text_of(b"x" * (fetching.BODY_LIMIT + 1)), "too_large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, "too_large"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"y" * 90_000, "too_large"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreadable"),
        (b"", "unreadable"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    serve: Callable[..., Site], raw: bytes, fault: str
) -> None:
    with pytest.raises(FetchError, match=fault):
        fetch(network(serve(says(raw))), "http", HOST, "/")


def test_a_site_that_drips_is_given_up_in_time(serve: Callable[..., Site]) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.1)

    begun = time.monotonic()
    with pytest.raises(FetchError, match="too_slow"):
        fetch(network(serve(drip), time_limit_s=0.6), "http", HOST, "/")
    assert time.monotonic() - begun < 3


def test_a_site_that_keeps_the_line_open_is_read_by_its_length(serve: Callable[..., Site]) -> None:
    def keep(connection: socket.socket) -> None:
        connection.sendall(text_of(b"hello"))
        time.sleep(3)

    assert fetch(network(serve(keep)), "http", HOST, "/") == "hello"


def certificate(path: Path, host: str) -> Path:
    """Write a certificate for a host, with its key, that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - day)
        .not_valid_after(now() + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file = path / f"{host}.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


@pytest.mark.parametrize(
    ("named", "is_known", "fault"),
    [(HOST, True, ""), ("other.example", True, "certificate"), (HOST, False, "certificate")],
)
def test_the_certificate_has_to_be_of_the_host(
    serve: Callable[..., Site], tmp_path: Path, named: str, is_known: bool, fault: str
) -> None:
    file = certificate(tmp_path, named)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    asked_for: list[str] = []
    server.sni_callback = lambda _socket, name, _context: asked_for.append(name)

    listener = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        connection, _address = listener.accept()
        with connection, suppress(OSError), server.wrap_socket(connection, server_side=True) as tls:
            tls.recv(4096)
            tls.sendall(text_of(b"hello"))

    threading.Thread(target=work, daemon=True).start()
    site = Site(says(b""), port=listener.getsockname()[1])
    context = ssl.create_default_context(cafile=str(file) if is_known else None)
    reached = network(site, ports={"https": site.port, "http": 9}, tls=lambda: context)
    with listener:
        if fault:
            with pytest.raises(FetchError, match=fault):
                fetch(reached, "https", HOST, "/")
        else:
            assert fetch(reached, "https", HOST, "/") == "hello"
    assert asked_for == [HOST]


def test_a_host_without_an_address_or_a_server_is_said_so(serve: Callable[..., Site]) -> None:
    site = serve(says(b""))
    nowhere = network(site, addresses=lambda _host: [])
    assert checking.look(nowhere, ProofKind.SITE_FILE, HOST, "x") == "no_address"
    closed = network(site, ports={"https": 9, "http": 9})
    assert checking.look(closed, ProofKind.SITE_FILE, HOST, "x") == "unreachable"


def test_every_fault_has_a_sentence() -> None:
    assert all(checking.FAULTS.values())
    assert checking.explain("") == ""
