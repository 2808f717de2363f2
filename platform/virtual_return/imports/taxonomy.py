"""Find the taxonomy's entry for skills of a file: by URI, or by a label that names exactly one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Skill
from virtual_return.imports.fields import Values
from virtual_return.reference.skill_labels import entries, fold


class Taxonomy:
    """Looks each skill up once for a whole file."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_uri: dict[str, int | None] = {}
        self._by_label: dict[str, int | None] = {}

    def resolved(self, skill: Values) -> Values:
        """Return a skill's columns, with the entry where there is one."""
        columns = {name: value for name, value in skill.items() if name != "uri"}
        label, uri = str(skill["label"]), str(skill.get("uri") or "")
        return {**columns, "skill_id": self._of_uri(uri) or self._of_label(label)}

    def _of_uri(self, uri: str) -> int | None:
        if uri and uri not in self._by_uri:
            self._by_uri[uri] = self._session.scalar(select(Skill.id).where(Skill.uri == uri))
        return self._by_uri.get(uri)

    def _of_label(self, label: str) -> int | None:
        folded = fold(label)
        if folded not in self._by_label:
            self._by_label[folded] = entries(self._session, [label]).get(folded)
        return self._by_label[folded]
