"""Which asked-for skills a person covers, and how that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.documents import NeedDocument, PersonDocument, SkillClaim
from matching.plan import normalised, passage_id_of, skill_item
from matching.similarity import Similarity
from matching.vectors import ItemVectors

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
    if not need.must_have and not need.useful:
        return SkillReport()
    matcher = _SkillMatcher(person, similarity, need_vectors, person_vectors)
    return SkillReport(
        tuple(map(matcher.match, need.must_have)), tuple(map(matcher.match, need.useful))
    )


class _SkillMatcher:
    def __init__(
        self,
        person: PersonDocument,
        similarity: Similarity,
        need_vectors: ItemVectors,
        person_vectors: ItemVectors,
    ) -> None:
        self._person = person
        self._similarity = similarity
        self._need_vectors = need_vectors
        self._claims = person_vectors.starting_with("skill:")
        self._shown = person_vectors.pick(
            item for item in person_vectors.items if not item.startswith("skill:")
        )
        self._by_item = {skill_item(claim): claim for claim in person.skills}
        self._by_key = {claim.key: claim for claim in person.skills if claim.key}
        self._by_label = {
            label: claim for claim in person.skills for label in _labels(claim) if label
        }
        self._texts = [(p.id, f" {normalised(p.text)} ") for p in person.passages]

    def match(self, skill: SkillClaim) -> SkillMatch:
        """Return the surest way in which *skill* is covered."""
        if skill.key and skill.key in self._by_key:
            return SkillMatch(skill, Coverage.EQUAL, self._by_key[skill.key])
        for label in _labels(skill):
            if label in self._by_label:
                return SkillMatch(skill, Coverage.ALIAS, self._by_label[label])
        for label in _labels(skill):
            if len(label) >= MIN_MENTION_CHARS:
                for passage_id, text in self._texts:
                    if f" {label} " in text:
                        return SkillMatch(skill, Coverage.MENTIONED, passage_id=passage_id)
        return self._near(skill)

    def _near(self, skill: SkillClaim) -> SkillMatch:
        vector = self._need_vectors.get(skill_item(skill))
        if vector is None:
            return SkillMatch(skill, Coverage.MISSING)
        item, score = self._best(vector, self._claims)
        if score >= CLOSE and item in self._by_item:
            return SkillMatch(skill, Coverage.CLOSE, self._by_item[item])
        item, score = self._best(vector, self._shown)
        if score >= EVIDENCED:
            return SkillMatch(skill, Coverage.EVIDENCED, passage_id=passage_id_of(item))
        return SkillMatch(skill, Coverage.MISSING)

    def _best(self, vector: np.ndarray, among: ItemVectors) -> tuple[str, float]:
        if not among.items:
            return "", -1.0
        scores = self._similarity.pairs(vector[None, :], among.vectors)[0]
        row = int(scores.argmax())
        return among.items[row], float(scores[row])


def _labels(skill: SkillClaim) -> Iterable[str]:
    return (normalised(label) for label in (skill.label, *skill.aliases))


def _share(matches: Sequence[SkillMatch]) -> float:
    if not matches:
        return 0.0
    return sum(WEIGHTS[match.coverage] for match in matches) / len(matches)
