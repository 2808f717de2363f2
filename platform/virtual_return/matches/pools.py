"""People and needs as matching reads them: facts from columns, texts of the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select
from sqlalchemy.orm import Session

from matching.documents import NeedDocument, PersonDocument
from matching.fact_table import FactTable
from matching.facts import ExclusionCode, NeedFacts, PersonFacts
from matching.vectors import ItemVectors
from models import Expert, Need
from models.choices import OwnerKind
from virtual_return.matches import embeddings, queries, taxonomy
from virtual_return.matches.documents import need_document, person_document
from virtual_return.matches.embeddings import EncoderIdentity
from virtual_return.matches.hard_facts import person_facts

FULL = frozenset({ExclusionCode.INVITATION_LIMIT})


class PeopleRows:
    """Profiles from the database; what was read stays for the page that shows it.

    Nobody is read who is not in the select of *visible* at this moment, whatever the table says.
    """

    def __init__(
        self,
        session: Session,
        table: FactTable[PersonFacts, NeedFacts],
        visible: Select[int],
        encoder: EncoderIdentity,
        *,
        minds_invitations: bool = True,
    ) -> None:
        self._session = session
        self._table = table
        self._visible = visible
        self._encoder = encoder
        self._minds_invitations = minds_invitations
        self._documents: dict[str, PersonDocument] = {}
        self.experts: dict[int, Expert] = {}

    def table(self) -> FactTable[PersonFacts, NeedFacts]:
        return self._table

    def documents(self, ids: Sequence[str]) -> Mapping[str, PersonDocument]:
        new = [int(id) for id in ids if id not in self._documents]
        if new:
            self._read(queries.among(self._session, self._visible, new))
        return {id: self._documents[id] for id in ids if id in self._documents}

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        documents = {int(id): document for id, document in self.documents(ids).items()}
        return embeddings.read_items(self._session, OwnerKind.EXPERT, documents, self._encoder)

    def _read(self, ids: set[int]) -> None:
        options = (*queries.EXPERT_TEXTS, *queries.EXPERT_FACTS)
        rows = queries.experts(self._session, ids, *options)
        taken = queries.places_taken(self._session, ids)
        full = (
            queries.invitations_full(self._session, rows.values())
            if self._minds_invitations
            else set()
        )
        self.experts.update(rows)
        for id, expert in rows.items():
            facts = person_facts(expert, taken.get(id, 0), FULL if id in full else frozenset())
            self._documents[str(id)] = person_document(expert, facts)


class NeedRows:
    """Needs from the database; what was read stays for the page that shows it."""

    def __init__(
        self,
        session: Session,
        table: FactTable[NeedFacts, PersonFacts],
        open_to: Select[int],
        encoder: EncoderIdentity,
    ) -> None:
        self._session = session
        self._table = table
        self._open_to = open_to
        self._encoder = encoder
        self._documents: dict[str, NeedDocument] = {}
        self.needs: dict[int, Need] = {}

    def table(self) -> FactTable[NeedFacts, PersonFacts]:
        return self._table

    def documents(self, ids: Sequence[str]) -> Mapping[str, NeedDocument]:
        new = [int(id) for id in ids if id not in self._documents]
        if new:
            self._read(queries.among(self._session, self._open_to, new))
        return {id: self._documents[id] for id in ids if id in self._documents}

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        documents = {int(id): document for id, document in self.documents(ids).items()}
        return embeddings.read_items(self._session, OwnerKind.NEED, documents, self._encoder)

    def _read(self, ids: set[int]) -> None:
        rows = queries.needs(self._session, ids, *queries.NEED_TEXTS)
        entries = taxonomy.entries_of(self._session, rows.values())
        self.needs.update(rows)
        self._documents.update({str(id): need_document(need, entries) for id, need in rows.items()})
