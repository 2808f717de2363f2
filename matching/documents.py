"""What is matched: people as sets of evidence passages, needs as sets of requirements.

All values are frozen and plain, so that a caller can build them from any database and a test
can write them by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from matching.fact_table import FactTable
from matching.facts import NeedFacts, PersonFacts
from matching.need_table import NeedTable
from matching.people_table import PeopleTable
from matching.vectors import ItemVectors


@dataclass(frozen=True)
class Passage:
    """One text of a person or a need.

    `id` is unique within its document; `kind` is free ("headline", "publication", "task");
    `language` is an ISO 639-1 code or None when unknown; `sentences` is filled by the caller
    from stored splits, or left empty to be split when needed.
    """

    id: str
    text: str
    kind: str = "text"
    language: str | None = None
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class SkillClaim:
    """A skill that a person claims or a need asks for.

    `key` is the taxonomy identifier, or None for free text. `aliases` are other labels of the
    same entry in any language. `narrower` and `broader` are keys of the entries directly below
    and above it in the taxonomy; those of what a need asks for are looked at. `level` (1 to 5)
    and `years` are as claimed; they do not score.
    """

    label: str
    key: str | None = None
    aliases: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    level: int | None = None
    years: float | None = None
    language: str | None = None


@dataclass(frozen=True)
class PersonDocument:
    """A person: evidence passages, claimed skills and hard facts.

    `known_names` are the person's own names, kept out of every embedding and never shown.
    """

    id: str
    passages: tuple[Passage, ...] = ()
    skills: tuple[SkillClaim, ...] = ()
    facts: PersonFacts = field(default_factory=PersonFacts)
    known_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeedDocument:
    """A need: passages (title with task first, then deliverable and the like), skills, facts."""

    id: str
    passages: tuple[Passage, ...] = ()
    must_have: tuple[SkillClaim, ...] = ()
    useful: tuple[SkillClaim, ...] = ()
    facts: NeedFacts = field(default_factory=NeedFacts)
    known_names: tuple[str, ...] = ()


Document = PersonDocument | NeedDocument
DocumentT_co = TypeVar("DocumentT_co", covariant=True)
TableT_co = TypeVar("TableT_co", covariant=True)


class Pool(Protocol[DocumentT_co, TableT_co]):
    """Everybody who could be matched, read in two steps: facts of all, documents of a few."""

    def table(self) -> TableT_co:
        """Return the hard facts of everyone in the pool, in columns kept between requests."""
        ...

    def documents(self, ids: Sequence[str]) -> Mapping[str, DocumentT_co]:
        """Return the documents of *ids* as they are now, facts included.

        An id that has gone in the meantime, or must not be seen, is left out. Facts are checked
        once more here, so nobody is shown for what the table still said of them.
        """
        ...

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        """Return stored sentence and skill vectors of *ids*; owners without any may be left out."""
        ...


PeoplePool = Pool[PersonDocument, FactTable[PersonFacts, NeedFacts]]
NeedPool = Pool[NeedDocument, FactTable[NeedFacts, PersonFacts]]


@dataclass(frozen=True)
class PeopleInMemory:
    """A pool over people held in memory; sentence and skill vectors are optional.

    The people are not to change: their facts are put into columns once.
    """

    people: Mapping[str, PersonDocument]
    item_vectors: Mapping[str, ItemVectors] = field(default_factory=dict)

    def table(self) -> PeopleTable:
        return self._table

    @cached_property
    def _table(self) -> PeopleTable:
        table = PeopleTable()
        table.build({key: person.facts for key, person in self.people.items()})
        return table

    def documents(self, ids: Sequence[str]) -> Mapping[str, PersonDocument]:
        return _pick(self.people, ids)

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        return _pick(self.item_vectors, ids)


@dataclass(frozen=True)
class NeedsInMemory:
    """A pool over needs held in memory: the mirror of `PeopleInMemory`."""

    needs: Mapping[str, NeedDocument]
    item_vectors: Mapping[str, ItemVectors] = field(default_factory=dict)

    def table(self) -> NeedTable:
        return self._table

    @cached_property
    def _table(self) -> NeedTable:
        table = NeedTable()
        table.build({key: need.facts for key, need in self.needs.items()})
        return table

    def documents(self, ids: Sequence[str]) -> Mapping[str, NeedDocument]:
        return _pick(self.needs, ids)

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        return _pick(self.item_vectors, ids)


_T = TypeVar("_T")


def _pick(values: Mapping[str, _T], ids: Sequence[str]) -> dict[str, _T]:
    return {key: values[key] for key in ids if key in values}
