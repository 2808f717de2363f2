"""People and needs as matching reads them: facts of all considered, texts of the nearest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from matching.documents import NeedDocument, PersonDocument
from matching.facts import NeedFacts, PersonFacts
from matching.vectors import ItemVectors
from models import Expert, Need
from models.choices import OwnerKind
from virtual_return.matches import embeddings, queries
from virtual_return.matches.documents import (
    need_document,
    need_facts,
    person_document,
    person_facts,
)
from virtual_return.matches.embeddings import EncoderIdentity


class PeopleRows:
    """Profiles from the database; what was read stays for the page that shows it."""

    def __init__(
        self, session: Session, ids: Collection[int], encoder: EncoderIdentity, today: date
    ) -> None:
        self._session = session
        self._encoder = encoder
        self._today = today
        self._ids = ids
        self._facts: dict[str, PersonFacts] = {}
        self._documents: dict[str, PersonDocument] = {}
        self.experts: dict[int, Expert] = {}

    def facts(self) -> Mapping[str, PersonFacts]:
        if not self._facts and self._ids:
            rows = queries.experts(self._session, self._ids, *queries.EXPERT_FACTS)
            self.experts.update(rows)
            taken = queries.places_taken(self._session, self._ids)
            self._facts = {
                str(id): person_facts(expert, taken.get(id, 0), self._today)
                for id, expert in rows.items()
            }
        return self._facts

    def documents(self, ids: Sequence[str]) -> Mapping[str, PersonDocument]:
        new = [int(id) for id in ids if id not in self._documents]
        if new:
            rows = queries.experts(self._session, new, *queries.EXPERT_TEXTS)
            self.experts.update(rows)
            for id, expert in rows.items():
                facts = self.facts().get(str(id))
                self._documents[str(id)] = person_document(expert, facts)
        return {id: self._documents[id] for id in ids if id in self._documents}

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        documents = {int(id): document for id, document in self.documents(ids).items()}
        return embeddings.read_items(self._session, OwnerKind.EXPERT, documents, self._encoder)


class NeedRows:
    """Needs from the database; what was read stays for the page that shows it."""

    def __init__(self, session: Session, ids: Collection[int], encoder: EncoderIdentity) -> None:
        self._session = session
        self._encoder = encoder
        self._ids = ids
        self.needs: dict[int, Need] = {}

    def facts(self) -> Mapping[str, NeedFacts]:
        return {str(id): need_facts(need) for id, need in self._rows().items()}

    def documents(self, ids: Sequence[str]) -> Mapping[str, NeedDocument]:
        rows = self._rows()
        return {id: need_document(rows[int(id)]) for id in ids if int(id) in rows}

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        documents = {int(id): document for id, document in self.documents(ids).items()}
        return embeddings.read_items(self._session, OwnerKind.NEED, documents, self._encoder)

    def _rows(self) -> dict[int, Need]:
        if not self.needs and self._ids:
            self.needs = queries.needs(self._session, self._ids, *queries.NEED_TEXTS)
        return self.needs
