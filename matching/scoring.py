"""The score of a pair: the best three evidence passages for the need, and its skills covered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.lexical import MAX_BONUS as LEXICAL_BONUS
from matching.lexical import NO_LEXICAL_SCORE, LexicalScore
from matching.similarity import UNRELATED_MEAN, Similarity
from matching.skills import SkillReport
from matching.soft_fit import BOUND as SOFT_BOUND
from matching.soft_fit import NO_SOFT_FIT, SoftFit
from matching.vectors import Float32, ItemVectors

# Mean of the best three: .211 pairwise loss where the best alone has .241 and the mean of all
# .226 (all 58 researchers of the gold standard of Stelmakh et al., 2023, MiniLM alone).
TOP_ITEMS = 3
# Each of three that somebody does not have, or that has nothing to do with the need, counts as an
# unrelated text. So further evidence never lowers a score, taking evidence away never raises one,
# and one lucky line does not outrank three good ones (MRR of job titles .398 without, .414 so).
ABSENT = UNRELATED_MEAN
# With this weight it happens as often that somebody who fits and covers all must-haves stands
# below one who covers none, as that somebody who does not fit comes up by covering them, in pools
# of two languages (.30 and .27; docs/decisions/0036).
MUST_HAVE_WEIGHT = 0.18
USEFUL_WEIGHT = 0.03
# The most and the least that can be added to a text score: who is further behind than their
# difference cannot catch up.
MAX_BONUS = MUST_HAVE_WEIGHT + USEFUL_WEIGHT + LEXICAL_BONUS + SOFT_BOUND
MIN_BONUS = -SOFT_BOUND


@dataclass(frozen=True)
class ItemScore:
    """One passage of a person and how near it is to the need, on the calibrated scale."""

    item: str
    score: float


@dataclass(frozen=True)
class TextScore:
    """The mean of the best three items and those that there are of them, best first."""

    value: float
    items: tuple[ItemScore, ...]


NOTHING = TextScore(0.0, ())


def score_people(
    similarity: Similarity, need: Float32, people: Mapping[str, ItemVectors]
) -> dict[str, TextScore]:
    """Score the passages of many people against those of one need [need passages, dimension].

    A person's passage scores the mean over the need's passages, so the need counts as a whole;
    the person scores the mean of the best three, where one that is not there counts as an
    unrelated text.
    """
    rows, counts = _stacked(people)
    if not len(rows) or not len(need):
        return dict.fromkeys(people, NOTHING)
    scores = similarity.pairs(need, rows).mean(axis=0)
    return _best_of_each(people, scores, counts)


def score_needs(
    similarity: Similarity, needs: Mapping[str, ItemVectors], person: ItemVectors
) -> dict[str, TextScore]:
    """Score one person's passages against many needs: the mirror of `score_people`."""
    rows, counts = _stacked(needs)
    if not len(rows) or not person.items:
        return dict.fromkeys(needs, NOTHING)
    scores = similarity.pairs(rows, person.vectors)
    results: dict[str, TextScore] = {}
    at = 0
    for need, count in zip(needs, counts.tolist(), strict=True):
        own = scores[at : at + count]
        results[need] = best_items(person.items, own.mean(axis=0)) if count else NOTHING
        at += count
    return results


def best_items(items: Sequence[str], scores: Float32) -> TextScore:
    """Return the mean of the best three of *scores*, and which items those are."""
    if not items:
        return NOTHING
    order = np.argsort(-scores, kind="stable")[:TOP_ITEMS].tolist()
    best = tuple(ItemScore(items[row], float(scores[row])) for row in order)
    return TextScore(_mean(best), best)


def _mean(best: Sequence[ItemScore]) -> float:
    absent = (TOP_ITEMS - len(best)) * ABSENT
    return (sum(max(item.score, ABSENT) for item in best) + absent) / TOP_ITEMS


def total_score(
    text: TextScore,
    skills: SkillReport,
    lexical: LexicalScore = NO_LEXICAL_SCORE,
    soft: SoftFit = NO_SOFT_FIT,
) -> float:
    """Return the score that ranks: text, exact words in common, skills covered, and soft fit.

    Skills that a profile does not show add nothing and take nothing; facts that nobody stated
    count as neither for nor against. Between text.value + MIN_BONUS and text.value + MAX_BONUS.
    """
    covered = MUST_HAVE_WEIGHT * skills.must_have_share + USEFUL_WEIGHT * skills.useful_share
    return text.value + covered + lexical.value + soft.bonus


def _stacked(owners: Mapping[str, ItemVectors]) -> tuple[Float32, NDArray[np.int64]]:
    counts = np.asarray([len(rows.items) for rows in owners.values()], dtype=np.int64)
    filled = [rows.vectors for rows in owners.values() if rows.items]
    rows = np.concatenate(filled) if filled else np.zeros((0, 0), dtype=np.float32)
    return rows, counts


def _best_of_each(
    owners: Mapping[str, ItemVectors], scores: Float32, counts: NDArray[np.int64]
) -> dict[str, TextScore]:
    """Sort the rows of all owners at once; the same answer as `best_items` of each."""
    owner_of = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((np.arange(len(scores)), -scores, owner_of))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    results: dict[str, TextScore] = {}
    for (owner, rows), start, count in zip(
        owners.items(), starts.tolist(), counts.tolist(), strict=True
    ):
        picked = order[start : start + min(count, TOP_ITEMS)].tolist()
        best = tuple(ItemScore(rows.items[at - start], float(scores[at])) for at in picked)
        results[owner] = TextScore(_mean(best), best) if best else NOTHING
    return results
