"""Which asked-for skills a person covers, and how that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.documents import NeedDocument, PersonDocument, SkillClaim
from matching.plan import Role, passage_id_of, skill_item
from matching.similarity import Similarity
from matching.vectors import ItemVectors
from matching.wording import Words, plain_label, words_of

# On the calibrated scale. Three in four translations of an ESCO skill lie above; of the nearest
# among ten other skills drawn at random fewer than one in a hundred does (docs/decisions/0012).
CLOSE = 0.75
# A skill against a passage or sentence that is about it and about more: the level that one in a
# hundred of those random nearest reaches. Not measured on texts for want of judged ones.
EVIDENCED = 0.66
MIN_MENTION_CHARS = 4


class Coverage(StrEnum):
    """How a skill is covered, surest first."""

    EQUAL = "equal"
    ALIAS = "alias"
    MENTIONED = "mentioned"
    CLOSE = "close"
    EVIDENCED = "evidenced"
    MISSING = "missing"


WEIGHTS = {
    Coverage.EQUAL: 1.0,
    Coverage.ALIAS: 1.0,
    Coverage.MENTIONED: 0.8,
    Coverage.CLOSE: 0.7,
    Coverage.EVIDENCED: 0.6,
    Coverage.MISSING: 0.0,
}


@dataclass(frozen=True)
class SkillMatch:
    """One asked-for skill: how it is covered, by which claim of the person, or in which passage."""

    skill: SkillClaim
    coverage: Coverage
    by: SkillClaim | None = None
    passage_id: str = ""

    @property
    def is_covered(self) -> bool:
        return self.coverage is not Coverage.MISSING


@dataclass(frozen=True)
class SkillReport:
    """Must-have and useful skills of a need for one person, in the need's order."""

    must_have: tuple[SkillMatch, ...] = ()
    useful: tuple[SkillMatch, ...] = ()

    @property
    def must_have_share(self) -> float:
        """Return the weighted share of must-haves covered, 0 to 1; 0 when none are asked for."""
        return _share(self.must_have)

    @property
    def useful_share(self) -> float:
        return _share(self.useful)

    @property
    def missing(self) -> tuple[SkillClaim, ...]:
        """The must-haves that nothing in the profile shows."""
        return tuple(match.skill for match in self.must_have if not match.is_covered)


def report_skills(
    need: NeedDocument,
    person: PersonDocument,
    similarity: Similarity,
    need_vectors: ItemVectors,
    person_vectors: ItemVectors,
) -> SkillReport:
    """Compare the skills that *need* asks for with what *person* claims and shows.

    The vectors are those of `embedding_plan`; skills without a stored vector are compared by key,
    label and mention alone.
    """
    return report_skills_of(need, need_vectors, [(person, person_vectors)], similarity)[0]


def report_skills_of(
    need: NeedDocument,
    need_vectors: ItemVectors,
    people: Sequence[tuple[PersonDocument, ItemVectors]],
    similarity: Similarity,
) -> list[SkillReport]:
    """Return what `report_skills` says of each of *people*, preparing the need's side once."""
    if not need.must_have and not need.useful:
        return [SkillReport()] * len(people)
    asked = _Asked(need.must_have + need.useful, need_vectors, similarity)
    split = len(need.must_have)
    found = [asked.of(*person) for person in people]
    return [SkillReport(tuple(matches[:split]), tuple(matches[split:])) for matches in found]


class _Asked:
    """The skills that one need asks for, with labels and vectors made ready for many people."""

    def __init__(
        self, skills: Sequence[SkillClaim], vectors: ItemVectors, similarity: Similarity
    ) -> None:
        self._skills = skills
        self._similarity = similarity
        self._labels = [tuple(_labels(skill)) for skill in skills]
        known = vectors.pick(dict.fromkeys(map(skill_item, skills)))
        self._vectors = known.vectors
        self._row_of = {item: row for row, item in enumerate(known.items)}

    def of(self, person: PersonDocument, vectors: ItemVectors) -> list[SkillMatch]:
        """Return the surest way in which each skill is covered, in the order asked."""
        claims = _Claims(person)
        matches = [
            claims.said(skill, labels)
            for skill, labels in zip(self._skills, self._labels, strict=True)
        ]
        if all(matches) or not self._row_of or not vectors.items:
            return [m or _missing(s) for m, s in zip(matches, self._skills, strict=True)]
        near = _Near(person, vectors, self._similarity.pairs(self._vectors, vectors.vectors))
        return [
            found or near.match(skill, self._row_of.get(skill_item(skill)))
            for found, skill in zip(matches, self._skills, strict=True)
        ]


class _Claims:
    """What one person says: claimed skills by key and label, and the words of their texts."""

    def __init__(self, person: PersonDocument) -> None:
        self._passages = person.passages
        self._by_key = {claim.key: claim for claim in person.skills if claim.key}
        self._by_label = {
            label: claim for claim in person.skills for label in _labels(claim) if label
        }
        self._texts: list[Words] | None = None

    def said(self, skill: SkillClaim, labels: Sequence[str]) -> SkillMatch | None:
        """Return how *skill* is claimed or mentioned word by word, or None."""
        if skill.key and skill.key in self._by_key:
            return SkillMatch(skill, Coverage.EQUAL, self._by_key[skill.key])
        for label in labels:
            if label in self._by_label:
                return SkillMatch(skill, Coverage.ALIAS, self._by_label[label])
        for label in labels:
            if len(label) >= MIN_MENTION_CHARS and (passage := self._mentioning(label)):
                return SkillMatch(skill, Coverage.MENTIONED, passage_id=passage)
        return None

    def _mentioning(self, label: str) -> str:
        if self._texts is None:
            self._texts = [words_of(passage) for passage in self._passages]
        for passage, words in zip(self._passages, self._texts, strict=True):
            if words.have(label):
                return passage.id
        return ""


class _Near:
    """Scores [asked skills, rows of one person], read by role."""

    def __init__(self, person: PersonDocument, vectors: ItemVectors, scores: np.ndarray) -> None:
        self._by_item = {skill_item(claim): claim for claim in person.skills}
        self._items = vectors.items
        prefix = f"{Role.SKILL}:"
        is_claim = np.fromiter((item.startswith(prefix) for item in vectors.items), dtype=bool)
        self._claimed = np.where(is_claim, scores, -np.inf)
        self._shown = np.where(is_claim, -np.inf, scores)

    def match(self, skill: SkillClaim, row: int | None) -> SkillMatch:
        if row is None:
            return _missing(skill)
        item, score = self._best(self._claimed[row])
        if score >= CLOSE and item in self._by_item:
            return SkillMatch(skill, Coverage.CLOSE, self._by_item[item])
        item, score = self._best(self._shown[row])
        if score >= EVIDENCED:
            return SkillMatch(skill, Coverage.EVIDENCED, passage_id=passage_id_of(item))
        return _missing(skill)

    def _best(self, scores: np.ndarray) -> tuple[str, float]:
        at = int(scores.argmax())
        return self._items[at], float(scores[at])


def _missing(skill: SkillClaim) -> SkillMatch:
    return SkillMatch(skill, Coverage.MISSING)


def _labels(skill: SkillClaim) -> Iterable[str]:
    return (plain_label(label) for label in (skill.label, *skill.aliases))


def _share(matches: Sequence[SkillMatch]) -> float:
    if not matches:
        return 0.0
    return sum(WEIGHTS[match.coverage] for match in matches) / len(matches)
