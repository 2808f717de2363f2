"""Which addresses of the network are everybody's: the worker connects to no other."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Carry an IPv4 address in their last 32 bits, to which a gateway may forward.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
COMPATIBLE = ipaddress.IPv6Network("::/96")


def is_public(text: str) -> bool:
    """Say whether an address, and each that is hidden inside it, is of the public internet."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return "%" not in text and all(_is_public(item) for item in _with_hidden(address))


def _is_public(address: Address) -> bool:
    refused = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    is_site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not refused and not is_site_local


def _with_hidden(address: Address) -> Iterator[Address]:
    """Yield an address as it acts: mapped, 6to4, Teredo and NAT64 addresses reach another one."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    if address in NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in LOCAL_NAT64 or address in COMPATIBLE:
        # Where such an address leads is its network's own affair.
        yield ipaddress.IPv4Address(0)
