"""A made-up world for the benchmark of matching: people, needs, their facts, texts and vectors.

Topics are random directions; a person knows one or two of them. Vectors have the form of the
default encoder: an English leg, zero for texts in another language, beside a multilingual one.
Facts are distributed as profiles are: much is not stated, few languages are common.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from matching import (
    ExclusionCode,
    ItemVectors,
    NeedDocument,
    NeedFacts,
    Passage,
    PeopleTable,
    PersonDocument,
    PersonFacts,
    SkillClaim,
    Span,
    VectorIndex,
)
from matching.plan import skill_item
from matching.similarity import FusedSimilarity
from matching.vectors import Float32, many_from_bytes, to_bytes

LEG = 384
PASSAGES = 7
SENTENCES_EACH = 3
SKILLS = 8
TOPICS = 2_000
DOMAINS = 40
SUBSPACE = 64
# Texts and stored vectors are shared by people whose numbers differ by this much.
DISTINCT = 2_000
TODAY = date(2027, 1, 11)
LANGUAGES = ("en", "fr", "ar", "es", "pt", "de", "sw", "tr", "ru", "so", "am", "it")
COMMON = np.asarray([0.34, 0.18, 0.13, 0.09, 0.06, 0.06, 0.04, 0.03, 0.02, 0.02, 0.02, 0.01])
KINDS = ("consultation", "task", "mentoring", "lecture", "research", "review", "visit")
STEMS = ("wa", "po", "ki", "se", "lu", "fa", "go", "me", "ra", "ti", "du", "vo")
ENDS = ("ter", "lin", "sor", "mat", "dec", "nov", "ral", "tun", "ing", "ion", "ers", "ed")
WORDS = tuple(f"{a}{b}{c}" for c in ENDS for b in STEMS for a in STEMS + ENDS)
USUAL = 1 / np.arange(3, len(WORDS) + 3)
USUAL /= USUAL.sum()

ENGLISH = ("the", "of", "and", "to", "in", "for", "with", "on", "that", "was", "by", "from")
FRENCH = ("de", "la", "et", "les", "des", "en", "pour", "dans", "une", "sur", "avec", "du")
# Skills: entries of a taxonomy, of which some are common; one in four is free text.
TAXONOMY = tuple(f"{WORDS[n % 997]} {WORDS[n % 2003]}" for n in range(13_000))
ASKED = 1 / np.arange(20, len(TAXONOMY) + 20)
ASKED /= ASKED.sum()


class World:
    """Everything that a request needs, made from one seed."""

    def __init__(self, people: int, seed: int = 7) -> None:
        self.people = people
        self.chance = np.random.default_rng(seed)
        self.legs = (Topics(self.chance), Topics(self.chance))
        self.weights = 1 / (10 + np.arange(TOPICS))
        self.weights /= self.weights.sum()
        self.topic_of = self.chance.choice(TOPICS, size=(people, 2), p=self.weights)
        in_english = self.chance.random(DISTINCT) < 0.7
        self.speaks_english = in_english[np.arange(people) % DISTINCT]
        centre = np.zeros(LEG, dtype=np.float32)
        self.similarity = FusedSimilarity(tuple(centre.tolist()), LEG, floor=0.0)
        self._words = [
            self._text(n, ENGLISH if english else FRENCH)
            for n, english in enumerate(in_english.tolist())
        ]
        self._stored = [self._vectors(n) for n in range(DISTINCT)]

    def index(self) -> VectorIndex:
        """Return the index over all passages."""
        index = VectorIndex(self.similarity, "synthetic", "1", 2 * LEG)
        items = tuple(f"passage:e{n}" for n in range(PASSAGES))
        for first in range(0, self.people, 2_000):
            numbers = np.arange(first, min(first + 2_000, self.people))
            for number, rows in zip(numbers.tolist(), self._rows(numbers), strict=True):
                index.put(f"p{number}", ItemVectors(items, rows))
        return index

    def table(self) -> PeopleTable:
        """Return the facts of everybody."""
        table = PeopleTable()
        table.build({f"p{n}": self.person_facts(n) for n in range(self.people)})
        return table

    def person_facts(self, number: int) -> PersonFacts:
        """Return what one person states; the same for the same number."""
        chance = np.random.default_rng((11, number))
        dice = chance.random(12).tolist()
        spoken = chance.choice(LANGUAGES, size=1 + int(dice[0] * 3), replace=False, p=COMMON)
        start = TODAY + timedelta(days=int(dice[1] * 200))
        levels = {str(code): int(chance.integers(2, 7)) for code in spoken}
        wanted = frozenset(chance.choice(KINDS, 4).tolist())
        modes = ("remote", "visit") if dice[3] > 0.7 else ("remote",)
        blocks = f"institution:{int(dice[10] * 500)}"
        return PersonFacts(
            languages={} if dice[2] < 0.06 else levels,
            modes=frozenset(() if dice[3] < 0.1 else modes),
            kinds_wanted=frozenset() if dice[4] < 0.25 else wanted,
            kinds_refused=frozenset(["visit"] if dice[5] < 0.2 else []),
            hours_per_week=None if dice[6] < 0.15 else int(1 + dice[6] * 10),
            available=() if dice[7] < 0.6 else (Span(start, start + timedelta(days=150)),),
            notice_days=0 if dice[8] < 0.7 else 14,
            capacity_left=int(dice[9] * 5) - (dice[9] < 0.05),
            country_of_residence=f"C{int(dice[10] * 60)}",
            barred=frozenset([ExclusionCode.HIDDEN] if dice[11] < 0.15 else []),
            hides_from=frozenset([blocks] if dice[11] > 0.99 else []),
            time_zone="Europe/Berlin",
            latest_year=2015 + int(dice[1] * 11),
        )

    def person(self, number: int, facts: PersonFacts) -> PersonDocument:
        """Return one person as a pool reads them."""
        texts = self._words[number % DISTINCT]
        language = "en" if self.speaks_english[number] else "fr"
        return PersonDocument(
            f"p{number}",
            tuple(
                Passage(f"e{n}", text, "project", language)
                for n, text in enumerate(texts[:PASSAGES])
            ),
            tuple(map(_claim, texts[PASSAGES:])),
            facts,
        )

    def stored(self, number: int) -> ItemVectors:
        """Return a person's vectors of sentences and skills, from the bytes of a database."""
        items, blobs = self._stored[number % DISTINCT]
        return ItemVectors(items, many_from_bytes(blobs, 2 * LEG))

    def need(self, number: int) -> tuple[NeedDocument, ItemVectors]:
        """Return one need with its vectors."""
        chance = np.random.default_rng((13, number))
        topic = int(chance.choice(TOPICS, p=self.weights))
        dice = chance.random(6).tolist()
        texts = self._text(1_000_000 + number, ENGLISH)
        language = str(chance.choice(LANGUAGES[:4], p=[0.6, 0.2, 0.1, 0.1]))
        start = TODAY + timedelta(days=int(dice[0] * 60))
        facts = NeedFacts(
            languages={language: int(chance.integers(3, 6))},
            mode="remote" if dice[1] < 0.85 else "visit",
            kind=str(chance.choice(KINDS[:6])),
            hours_per_week=1 + int(dice[2] * 4),
            window=Span(start, start + timedelta(days=90)),
            residence_in=frozenset(f"C{n}" for n in range(40)) if dice[3] < 0.1 else None,
            parties=frozenset({f"institution:{number}", "country:XX"}),
            time_zone="Africa/Nairobi",
        )
        names = ("task", "problem", "deliverable")
        passages = tuple(Passage(n, t, n, "en") for n, t in zip(names, texts, strict=False))
        must = tuple(map(_claim, texts[PASSAGES : PASSAGES + 4]))
        useful = tuple(map(_claim, texts[PASSAGES + 4 : PASSAGES + 6]))
        need = NeedDocument(f"n{number}", passages, must, useful, facts)
        items = [f"passage:{n}" for n in names]
        items += [f"sentence:{n}:{k}" for n in names for k in range(SENTENCES_EACH)]
        items += [skill_item(skill) for skill in must + useful]
        rows = self._near(np.full(len(items), topic), chance, is_english=np.ones(len(items), bool))
        return need, ItemVectors(tuple(items), rows)

    def _rows(self, numbers: np.ndarray) -> Float32:
        """Return the passages of people [people, PASSAGES, 2 * LEG]."""
        picks = self.chance.random((len(numbers), PASSAGES)) < 0.7
        topic = np.where(picks, self.topic_of[numbers, :1], self.topic_of[numbers, 1:])
        english = np.repeat(self.speaks_english[numbers], PASSAGES)
        rows = self._near(topic.ravel(), self.chance, is_english=english)
        return rows.reshape(len(numbers), PASSAGES, 2 * LEG)

    def _near(
        self, topic: np.ndarray, chance: np.random.Generator, *, is_english: np.ndarray
    ) -> Float32:
        rows = np.concatenate([leg.sample(topic, chance) for leg in self.legs], axis=1)
        rows[~is_english, :LEG] = 0.0
        # What is left of a multilingual vector when its language's centre is taken off.
        rows[:, LEG:] *= 0.45
        return rows

    def _text(self, number: int, small: Sequence[str]) -> list[str]:
        """Return passages of about fifty words, then labels of skills."""
        chance = np.random.default_rng((17, number))
        drawn = chance.choice(WORDS, size=(PASSAGES, SENTENCES_EACH, 16), p=USUAL)
        # A third of the words of a text are small ones.
        held = chance.random(drawn.shape) < 0.35
        drawn = np.where(held, chance.choice(small, size=drawn.shape), drawn)
        texts = [". ".join(" ".join(words).capitalize() for words in own) + "." for own in drawn]
        return texts + chance.choice(TAXONOMY, SKILLS, replace=False, p=ASKED).tolist()

    def _vectors(self, number: int) -> tuple[tuple[str, ...], list[bytes]]:
        chance = np.random.default_rng((19, number))
        items = [skill_item(_claim(label)) for label in self._words[number][PASSAGES:]]
        items += [f"sentence:e{n}:{k}" for n in range(PASSAGES) for k in range(SENTENCES_EACH)]
        items += [f"passage:e{n}" for n in range(PASSAGES)]
        topic = self.topic_of[number % self.people]
        rows = self._near(
            chance.choice(topic, len(items)), chance, is_english=np.ones(len(items), dtype=bool)
        )
        return tuple(items), [to_bytes(row) for row in rows]


class Topics:
    """One leg: topics in domains, with directions of their own; the form of `index_data`."""

    def __init__(self, chance: np.random.Generator) -> None:
        domains = _unit(chance.normal(size=(DOMAINS, LEG)))
        self._centres = (
            0.30 * _unit(chance.normal(size=(1, LEG)))
            + 0.38 * domains[chance.integers(0, DOMAINS, TOPICS)]
            + 0.42 * _unit(chance.normal(size=(TOPICS, LEG)))
        ).astype(np.float32)
        self._basis = _unit(chance.normal(size=(1_024, LEG)))
        self._directions = chance.integers(0, 1_024, (TOPICS, SUBSPACE))
        fall = 1 / np.sqrt(1 + np.arange(SUBSPACE))
        self._fall = (0.50 * fall / np.linalg.norm(fall)).astype(np.float32)

    def sample(self, topics: np.ndarray, chance: np.random.Generator) -> Float32:
        """Return one row for each topic number, float32 [topics, LEG]."""
        noise = chance.standard_normal((len(topics), LEG), dtype=np.float32)
        rows = self._centres[topics] + noise * np.float32(0.62 / np.sqrt(LEG))
        own = chance.standard_normal((len(topics), SUBSPACE), dtype=np.float32) * self._fall
        for topic in np.unique(topics).tolist():
            members = topics == topic
            rows[members] += own[members] @ self._basis[self._directions[topic]]
        return _unit(rows)


class SyntheticPeople:
    """A pool whose documents and vectors are made when asked for, as from rows of a database."""

    def __init__(self, world: World, table: PeopleTable) -> None:
        self._world, self._table = world, table
        self._facts: dict[str, PersonFacts] = {}

    def table(self) -> PeopleTable:
        return self._table

    def documents(self, ids: Sequence[str]) -> Mapping[str, PersonDocument]:
        """Return new objects each time; facts alone are made before the clock runs."""
        return {id: self._world.person(int(id[1:]), self._facts_of(id)) for id in ids}

    def vectors(self, ids: Sequence[str]) -> Mapping[str, ItemVectors]:
        return {id: self._world.stored(int(id[1:])) for id in ids}

    def _facts_of(self, id: str) -> PersonFacts:
        if id not in self._facts:
            self._facts[id] = self._world.person_facts(int(id[1:]))
        return self._facts[id]


def _claim(label: str) -> SkillClaim:
    is_free = zlib.crc32(label.encode()) % 4 == 0
    return SkillClaim(label, key=None if is_free else f"skill/{label}")


def _unit(rows: np.ndarray) -> Float32:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)
