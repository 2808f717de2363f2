"""Look whether a domain holds what only its keeper can put there."""

from __future__ import annotations

import time
from collections.abc import Iterator

from models.choices import ProofKind
from virtual_return.errors import N_
from virtual_return.i18n import gettext as _
from virtual_return.institutions.fetching import FetchError, Network, fetch

RECORD = "_virtual-return"
PATH = "/.well-known/virtual-return.txt"
# Of all attempts at a file together; each of them has a limit of its own.
LOOK_FOR_S = 30.0
PREFIX = "virtual-return-verification="
FAULTS = {
    "nothing_there": N_(
        "The line was not there yet. Records can take a day to be seen everywhere."
    ),
    "other_text": N_("There is a line for us, but another one. Copy it again as it stands here."),
    "not_found": N_("The file was not there. Open its address in your browser to see what we see."),
    "no_address": N_("The domain leads to no server. Check that it is written correctly."),
    "no_name_server": N_("The name servers of the domain did not answer. We look again later."),
    "not_public": N_("The domain leads to an address inside a network, where we do not look."),
    "leads_elsewhere": N_("The site sends us to another host. Put the file where it does not."),
    "redirects": N_("The site sends us around in circles. Put the file where it does not."),
    "too_slow": N_("The site took longer than ten seconds. We look again later."),
    "unreachable": N_("The site did not answer. We look again later."),
    "certificate": N_("The certificate of the site is not valid. Mend it, or use a record."),
    "too_large": N_("The file is too large. It should hold this one line."),
    "unreadable": N_("What the site answered cannot be read. Put a plain text file there."),
}


def expected(challenge: str) -> str:
    """Return the line that the record or the file must hold."""
    return PREFIX + challenge


def record_name(domain: str) -> str:
    return f"{RECORD}.{domain}"


def file_address(domain: str) -> str:
    return f"https://{domain}{PATH}"


def look(network: Network, kind: ProofKind, domain: str, challenge: str) -> str:
    """Return "" where the proof is there, otherwise the code of what is wrong."""
    try:
        texts = _records(network, domain) if kind is ProofKind.DNS else _lines(network, domain)
        found = list(texts)
    except FetchError as error:
        return error.fault
    if expected(challenge) in found:
        return ""
    # An old or mistyped line is another thing to mend than none.
    return "other_text" if any(text.startswith(PREFIX) for text in found) else "nothing_there"


def _records(network: Network, domain: str) -> Iterator[str]:
    for name in (record_name(domain), domain):
        yield from (text.strip().strip('"') for text in network.texts(name))


def _lines(network: Network, domain: str) -> Iterator[str]:
    """Read the file with TLS, under www too; without TLS where there is none, as many sites."""
    first: FetchError | None = None
    end = time.monotonic() + LOOK_FOR_S
    for scheme, host in (
        ("https", domain),
        ("https", f"www.{domain}"),
        ("http", domain),
        ("http", f"www.{domain}"),
    ):
        if time.monotonic() > end:
            break
        try:
            text = fetch(network, scheme, host, PATH)
        except FetchError as error:
            first = first or error
            if error.fault == "not_public":
                raise
            continue
        yield from (line.strip().lstrip("\ufeff") for line in text.splitlines()[:100])
        return
    if first is not None:
        raise first


def explain(fault: str) -> str:
    """Return what a check found wrong, and what to do about it."""
    return _(FAULTS[fault]) if fault in FAULTS else ""
