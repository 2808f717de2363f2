"""Put near-duplicates of one page under the first of them; nobody is lost."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from matching.folding import fold
from matching.index import VectorIndex
from virtual_return.matches.results import NeedMatch, PersonMatch

AnyMatch = TypeVar("AnyMatch", PersonMatch, NeedMatch)


@dataclass(frozen=True)
class Group(Generic[AnyMatch]):
    """A match that is shown, and those below it that say nearly the same."""

    first: AnyMatch
    similar: tuple[AnyMatch, ...] = ()


def grouped_people(
    matches: Sequence[PersonMatch], index: VectorIndex | None
) -> list[Group[PersonMatch]]:
    """Fold people who say nearly the same: mostly one person who signed up twice."""
    return _grouped(matches, index, lambda match: str(match.expert_id), lambda _: None)


def grouped_needs(
    matches: Sequence[NeedMatch], index: VectorIndex | None
) -> list[Group[NeedMatch]]:
    """Fold needs that one institution posted again; two institutions may well need the same."""
    return _grouped(
        matches, index, lambda match: str(match.need.id), lambda match: match.need.institution_id
    )


def _grouped(
    matches: Sequence[AnyMatch],
    index: VectorIndex | None,
    owner_of: Callable[[AnyMatch], str],
    apart: Callable[[AnyMatch], Hashable],
) -> list[Group[AnyMatch]]:
    if index is None:
        return [Group(match) for match in matches]
    by_owner = {owner_of(match): match for match in matches}
    rows = index.rows_of_many([owner for owner in by_owner if owner in index])
    groups = []
    for key in dict.fromkeys(map(apart, matches)):
        owners = [owner for owner, match in by_owner.items() if apart(match) == key]
        for folded in fold(owners, rows, index.similarity):
            similar = tuple(by_owner[owner] for owner in folded.similar)
            groups.append(Group(by_owner[folded.first], similar))
    return sorted(groups, key=lambda group: group.first.rank)
