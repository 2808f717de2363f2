"""Ranks by language in five languages, Arabic and Portuguese among them, from the demonstration.

    python -m benchmarks.bench_field_languages

Each field of study of the demonstration has five or six skills, each in five languages. A need is
one of them; the person who fits has the others of its field. No model says what is right. Prints
by pair of languages how far the same person's rank differs (log2, 95 % interval over fields), and
the same where everybody stands by their place among the people of their own language: what is
left then no calibration removes, for the models tell people of one language apart less well.
"""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.language_pools import Pools, Scores, rank_of_each
from matching import (
    Encoder,
    NeedDocument,
    Passage,
    PersonDocument,
    create_encoder,
    encode_documents,
)
from matching.plan import Role

CONTENT = Path(__file__).parents[1] / "platform" / "virtual_return" / "demo" / "content"
# The order of the columns in the content.
LANGUAGES = ("en", "fr", "ar", "es", "pt")
RESAMPLES = 1_000


def main() -> None:
    pools, fields = read_fields(create_encoder())
    scores = pools.scores(create_encoder().similarity)
    now, placed = differences(scores), differences(placed_within(scores))
    print("need  pool     as it is              by place within the own language")
    for (asked, mix), values in now.items():
        low, high = interval(values, fields)
        rest = float(placed[asked, mix].mean())
        shown = f"{values.mean():+.2f} [{low:+.2f}, {high:+.2f}]"
        print(f"{asked}    {mix[0]}/{mix[1]}   {shown}   {rest:+.2f}")
    for title, found in (("as it is", now), ("by place", placed)):
        print(f"root mean square, {title}: {root_mean_square(found):.2f}")
    within = [low <= 0 <= high for low, high in (interval(v, fields) for v in now.values())]
    print(f"{sum(within)} of {len(within)} within the noise")


def read_fields(encoder: Encoder) -> tuple[Pools, NDArray[np.int64]]:
    """Return needs and people by language, and the field of each."""
    fields = [
        [
            [label.strip() for label in line.split("|")]
            for line in field["skills"].strip().split("\n")
        ]
        for path in sorted(CONTENT.glob("*.toml"))
        for field in tomllib.loads(path.read_text(encoding="utf-8")).values()
    ]
    rows = [(f, s) for f, skills in enumerate(fields) for s in range(len(skills))]
    needs, people = {}, {}
    for column, code in enumerate(LANGUAGES):
        asked, written = [], []
        for n, (f, s) in enumerate(rows):
            labels = [Passage(str(k), skill[column], code) for k, skill in enumerate(fields[f])]
            asked.append(NeedDocument(str(n), (labels[s],)))
            written.append(PersonDocument(str(n), (*labels[:s], *labels[s + 1 :])))
        found = encode_documents(encoder, asked, [Role.PASSAGE])
        needs[code] = [found[need.id].vectors for need in asked]
        people[code] = dict(encode_documents(encoder, written, [Role.PASSAGE]))
    return Pools(needs, people), np.array([f for f, _ in rows])


def placed_within(scores: Scores) -> Scores:
    """Return each score's place among those of the same need and language, from 0 to 1."""
    return {
        pair: (rows.argsort(axis=1).argsort(axis=1) / rows.shape[1]).astype(np.float32)
        for pair, rows in scores.items()
    }


def differences(
    scores: Scores,
) -> dict[tuple[str, tuple[str, str]], NDArray[np.float64]]:
    found = {}
    for asked in LANGUAGES:
        for mix in combinations(LANGUAGES, 2):
            ranks = rank_of_each(scores, asked, mix)
            found[asked, mix] = np.log2(ranks[mix[1]]) - np.log2(ranks[mix[0]])
    return found


def interval(values: NDArray[np.float64], fields: NDArray[np.int64]) -> tuple[float, float]:
    """Return a 95 % interval of the mean; needs of one field resemble each other."""
    sums, counts = np.bincount(fields, values), np.bincount(fields)
    drawn = np.random.default_rng(0).integers(0, len(sums), (RESAMPLES, len(sums)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def root_mean_square(found: dict[tuple[str, tuple[str, str]], NDArray[np.float64]]) -> float:
    return float(np.sqrt(np.mean([values.mean() ** 2 for values in found.values()])))


if __name__ == "__main__":
    main()
