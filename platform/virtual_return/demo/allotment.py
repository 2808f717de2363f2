"""Which institution has which need: kind of institution, field, language, travel and quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from models.choices import CountryState, EngagementKind
from virtual_return.demo.author import Author
from virtual_return.demo.library import NeedBlock, fields, world
from virtual_return.demo.lives import STAR_FIELD, STAR_LANGUAGE, STAR_ORIGIN
from virtual_return.demo.organisations import Host

TRAVEL = (EngagementKind.VISIT, EngagementKind.MIXED)
# What the institution of the demonstration sign-in asks for: each has experts who fit.
DEMONSTRATION_FIELDS = ("0912", "0913", "0612", "0688")


def allot(author: Author, hosts: list[Host]) -> Iterator[tuple[NeedBlock, Host]]:
    """Yield every need once with the institution that has it."""
    quotas = Counter(
        {
            (code, language): count
            for code, country in world("origins").items()
            for language, count in country["needs"].items()
        }
    )
    loads: Counter[str] = Counter()
    for block in _in_order(author):
        host = _choose(block, hosts, quotas, loads)
        quotas[host.entry.country, block.language] -= 1
        loads[host.entry.domain] += 1
        yield block, host


def _in_order(author: Author) -> list[NeedBlock]:
    """Return the needs that few institutions can have first."""
    blocks = [
        block
        for content in fields().values()
        for shelf in content.shelves.values()
        for block in shelf.needs
    ]
    author.random.shuffle(blocks)
    scarcity = {"hospital": 1, "business": 2, "ngo": 3, "public": 4, "university": 5}
    return sorted(
        blocks,
        key=lambda block: (
            not _is_for_demonstration(block),
            block.kind not in TRAVEL,
            scarcity[block.by],
        ),
    )


def _choose(
    block: NeedBlock,
    hosts: list[Host],
    quotas: Counter[tuple[str, str]],
    loads: Counter[str],
) -> Host:
    fitting = [
        host
        for host in hosts
        if host.takes(block.by, block.field)
        and block.language in host.cities
        and (block.kind not in TRAVEL or _allows_travel(host.entry.country))
        and host.is_demonstration >= _is_for_demonstration(block)
    ]
    # The visitor's own first, then those whose country still wants needs in this language, then
    # whoever has fewest.
    return max(
        fitting,
        key=lambda host: (
            _is_for_star(block) and host.entry.country == STAR_ORIGIN,
            quotas[host.entry.country, block.language] > 0,
            -loads[host.entry.domain],
            quotas[host.entry.country, block.language],
        ),
    )


def _is_for_star(block: NeedBlock) -> bool:
    return block.field == STAR_FIELD and block.language == STAR_LANGUAGE


def _is_for_demonstration(block: NeedBlock) -> bool:
    return (
        block.language == "en" and block.by == "university" and block.field in DEMONSTRATION_FIELDS
    )


def _allows_travel(country: str) -> bool:
    return CountryState(world("origins")[country]["status"]) == CountryState.NORMAL
