"""Pools in several languages whose truth no model has made: occupations of one ISCO unit group.

A need is an occupation of a group; the person who fits is five others of the same group. The same
person can be written in any of the languages, for ESCO gives each occupation a label in each.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching import Encoder, NeedDocument, Passage, PersonDocument, encode_documents
from matching.plan import Role
from matching.scoring import ABSENT, TOP_ITEMS
from matching.similarity import Similarity
from matching.vectors import Float32, ItemVectors

LANGUAGES = ("en", "fr", "es")
# One asks, and of the others three score.
MIN_OCCUPATIONS, MAX_OCCUPATIONS = 4, 6
Scores = Mapping[tuple[str, str], NDArray[np.float32]]


@dataclass(frozen=True)
class Pools:
    """Vectors of needs and people by language; need n is for person n."""

    needs: Mapping[str, list[Float32]]
    people: Mapping[str, dict[str, ItemVectors]]

    def __len__(self) -> int:
        return len(self.needs[LANGUAGES[0]])

    def scores(self, similarity: Similarity) -> Scores:
        """Return text scores [needs, people] by (language of needs, language of people)."""
        return {
            (asked, written): _best_three(similarity, np.concatenate(needs), people)
            for asked, needs in self.needs.items()
            for written, people in self.people.items()
        }


def read_pools(folder: Path, encoder: Encoder) -> Pools:
    """Read occupations_en.csv and the like from *folder* and embed them as the product does."""
    labels = {code: _labels(folder, code) for code in LANGUAGES}
    groups = _groups(labels)
    needs, people = {}, {}
    for code in LANGUAGES:
        asked = [
            NeedDocument(str(n), (_passage(labels, g[0], code),)) for n, g in enumerate(groups)
        ]
        written = [
            PersonDocument(str(n), tuple(_passage(labels, uri, code) for uri in group[1:]))
            for n, group in enumerate(groups)
        ]
        of_needs = encode_documents(encoder, asked, [Role.PASSAGE])
        needs[code] = [of_needs[need.id].vectors for need in asked]
        people[code] = dict(encode_documents(encoder, written, [Role.PASSAGE]))
    return Pools(needs, people)


def rank_of_each(
    scores: Scores, asked: str, mix: tuple[str, str], draws: int = 20
) -> dict[str, NDArray[np.float64]]:
    """Return the mean rank of each person by the language in which they are written.

    All others are written in one language of *mix* or the other at random, anew in each draw.
    """
    count = len(scores[asked, asked])
    chance = np.random.default_rng(0)
    ranks = {code: np.zeros(count) for code in mix}
    for _ in range(draws):
        chosen = chance.integers(0, 2, count)
        pool = np.where(chosen == 0, scores[asked, mix[0]], scores[asked, mix[1]])
        for code in mix:
            own = np.diag(scores[asked, code])[:, None]
            better = pool >= own
            np.fill_diagonal(better, False)
            ranks[code] += (1 + better.sum(axis=1)) / draws
    return ranks


def _best_three(
    similarity: Similarity, needs: Float32, people: Mapping[str, ItemVectors]
) -> NDArray[np.float32]:
    """Return what `scoring.score_people` gives for needs of one passage each, all at once."""
    counts = [len(person.items) for person in people.values()]
    scores = similarity.pairs(needs, np.concatenate([p.vectors for p in people.values()]))
    columns = np.split(scores, np.cumsum(counts)[:-1], axis=1)
    best = [np.maximum(-np.sort(-own, axis=1)[:, :TOP_ITEMS], ABSENT) for own in columns]
    return np.stack([own.mean(axis=1) for own in best], axis=1)


def _passage(labels: Mapping[str, Mapping[str, tuple[str, str]]], uri: str, code: str) -> Passage:
    return Passage(uri, labels[code][uri][1], language=code)


def _labels(folder: Path, code: str) -> dict[str, tuple[str, str]]:
    with (folder / f"occupations_{code}.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["conceptUri"]: (row["iscoGroup"], row["preferredLabel"])
            for row in csv.DictReader(file)
            if row["conceptType"] == "Occupation"
        }


def _groups(labels: Mapping[str, Mapping[str, tuple[str, str]]]) -> list[list[str]]:
    known = set.intersection(*(set(of_one) for of_one in labels.values()))
    by_group: dict[str, list[str]] = defaultdict(list)
    for uri in sorted(known):
        by_group[labels[LANGUAGES[0]][uri][0]].append(uri)
    chance = random.Random(5)
    large = [uris for _, uris in sorted(by_group.items()) if len(uris) >= MIN_OCCUPATIONS]
    return [chance.sample(uris, min(len(uris), MAX_OCCUPATIONS)) for uris in large]
