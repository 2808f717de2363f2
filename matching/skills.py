"""Which asked-for skills a person covers, and how that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matching.documents import NeedDocument, PersonDocument, SkillClaim
from matching.plan import Role, passage_id_of, skill_item
from matching.similarity import Similarity
from matching.vectors import Float32, ItemVectors
from matching.wording import may_have, plain_label, words_of

# On the calibrated scale. Three in four translations of an ESCO skill lie above; of the nearest
# among ten other skills drawn at random fewer than one in a hundred does (docs/decisions/0012).
CLOSE = 0.78
# A skill against a passage or sentence that is about it and about more: the level that one in a
# hundred of those random nearest reaches. Not measured on texts for want of judged ones.
EVIDENCED = 0.70
MIN_MENTION_CHARS = 4
# People whose vectors are compared in one product: few enough to stay in the processor's cache.
PEOPLE_AT_ONCE = 32


class Coverage(StrEnum):
    """How a skill is covered, surest first."""

    EQUAL = "equal"
    ALIAS = "alias"
    # A special case of it is claimed.
    NARROWER = "narrower"
    MENTIONED = "mentioned"
    CLOSE = "close"
    EVIDENCED = "evidenced"
    # The field that it belongs to is claimed: something like it, and not surely it.
    BROADER = "broader"
    MISSING = "missing"


WEIGHTS = {
    Coverage.EQUAL: 1.0,
    Coverage.ALIAS: 1.0,
    Coverage.NARROWER: 0.9,
    Coverage.MENTIONED: 0.8,
    Coverage.CLOSE: 0.7,
    Coverage.EVIDENCED: 0.6,
    Coverage.BROADER: 0.5,
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
    skills = need.must_have + need.useful
    if not skills:
        return [SkillReport()] * len(people)
    labels = [tuple(_labels(skill)) for skill in skills]
    items = list(map(skill_item, skills))
    known = need_vectors.pick(dict.fromkeys(items))
    row_of = {item: row for row, item in enumerate(known.items)}
    rows = [row_of.get(item) for item in items]
    reports: list[SkillReport] = []
    for first in range(0, len(people), PEOPLE_AT_ONCE):
        few = people[first : first + PEOPLE_AT_ONCE]
        claims = [_Claims(person) for person, _ in few]
        said = [_said(claimed, skills, labels) for claimed in claims]
        unsaid = [n for n, found in enumerate(said) if None in found and few[n][1].items]
        near = _Near(known.vectors, [few[n] for n in unsaid], similarity)
        places = {n: place for place, n in enumerate(unsaid)}
        for n, found in enumerate(said):
            matches = tuple(
                match or near.match(skill, row, places.get(n)) or claims[n].wider(skill)
                for skill, row, match in zip(skills, rows, found, strict=True)
            )
            split = len(need.must_have)
            reports.append(SkillReport(matches[:split], matches[split:]))
    return reports


def _said(
    claims: _Claims, skills: Sequence[SkillClaim], labels: Sequence[Sequence[str]]
) -> list[SkillMatch | None]:
    """Return how a person claims or mentions each skill word by word, None where they do not."""
    return [claims.said(skill, own) for skill, own in zip(skills, labels, strict=True)]


class _Claims:
    """What one person says: claimed skills by key and label, and the words of their texts."""

    def __init__(self, person: PersonDocument) -> None:
        self._passages = person.passages
        whole = "\n".join(passage.text for passage in person.passages)
        self._is_plain = whole.isascii()
        self._lowered = whole.lower() if self._is_plain else ""
        self._by_key = {claim.key: claim for claim in person.skills if claim.key}
        self._by_label = {
            label: claim for claim in person.skills for label in _labels(claim) if label
        }

    def said(self, skill: SkillClaim, labels: Sequence[str]) -> SkillMatch | None:
        """Return how *skill* is claimed or mentioned word by word, or None."""
        if skill.key and skill.key in self._by_key:
            return SkillMatch(skill, Coverage.EQUAL, self._by_key[skill.key])
        for label in labels:
            if label in self._by_label:
                return SkillMatch(skill, Coverage.ALIAS, self._by_label[label])
        for key in skill.narrower:
            if key in self._by_key:
                return SkillMatch(skill, Coverage.NARROWER, self._by_key[key])
        for label in labels:
            if len(label) >= MIN_MENTION_CHARS and (passage := self._mentioning(label)):
                return SkillMatch(skill, Coverage.MENTIONED, passage_id=passage)
        return None

    def wider(self, skill: SkillClaim) -> SkillMatch:
        """Return the claim of the field that *skill* belongs to, or that it is missing."""
        for key in skill.broader:
            if key in self._by_key:
                return SkillMatch(skill, Coverage.BROADER, self._by_key[key])
        return SkillMatch(skill, Coverage.MISSING)

    def _mentioning(self, label: str) -> str:
        words = label.split()
        if self._is_plain and not all(word in self._lowered for word in words):
            return ""
        for passage in self._passages:
            if may_have(passage.text, words) and words_of(passage).have(label):
                return passage.id
        return ""


class _Near:
    """The nearest claim and the nearest text of each of a few people, for each asked skill."""

    def __init__(
        self,
        asked: Float32,
        people: Sequence[tuple[PersonDocument, ItemVectors]],
        similarity: Similarity,
    ) -> None:
        self._people = people
        if not len(asked) or not people:
            return
        counts = [len(vectors.items) for _, vectors in people]
        self._starts = [0, *np.cumsum(counts).tolist()]
        scores = similarity.pairs(asked, np.concatenate([vectors.vectors for _, vectors in people]))
        prefix = f"{Role.SKILL}:"
        is_claim = np.asarray(
            [item.startswith(prefix) for _, vectors in people for item in vectors.items]
        )
        self._claimed = np.where(is_claim, scores, -np.inf)
        self._shown = np.where(is_claim, -np.inf, scores)
        first = self._starts[:-1]
        self._best_claimed = np.maximum.reduceat(self._claimed, first, axis=1).tolist()
        self._best_shown = np.maximum.reduceat(self._shown, first, axis=1).tolist()

    def match(self, skill: SkillClaim, row: int | None, place: int | None) -> SkillMatch | None:
        """Return what is near enough to *skill*, vector *row*, of the person in *place*."""
        if row is None or place is None:
            return None
        if self._best_claimed[row][place] >= CLOSE:
            item = self._item(self._claimed[row], place)
            by_item = {skill_item(claim): claim for claim in self._people[place][0].skills}
            if item in by_item:
                return SkillMatch(skill, Coverage.CLOSE, by_item[item])
        if self._best_shown[row][place] >= EVIDENCED:
            passage_id = passage_id_of(self._item(self._shown[row], place))
            return SkillMatch(skill, Coverage.EVIDENCED, passage_id=passage_id)
        return None

    def _item(self, scores: NDArray[np.float32], place: int) -> str:
        own = scores[self._starts[place] : self._starts[place + 1]]
        return self._people[place][1].items[int(own.argmax())]


def _labels(skill: SkillClaim) -> Iterable[str]:
    return (plain_label(label) for label in (skill.label, *skill.aliases))


def _share(matches: Sequence[SkillMatch]) -> float:
    if not matches:
        return 0.0
    return sum(WEIGHTS[match.coverage] for match in matches) / len(matches)
