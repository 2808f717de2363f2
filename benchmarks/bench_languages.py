"""Does the rank of the person who fits depend on the language in which they write?

    python -m benchmarks.bench_languages [ESCO_FOLDER] [--json FILE]

Prints, for needs in each of three languages and pools half in one language and half in another,
how far the same person's rank differs between the two (log2: 1 is twice as far down), with a 95 %
interval over people; before and after calibration by pair of languages, chosen on one half of the
people and measured on the other. Then what the weight of must-haves does in such pools.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.language_pools import LANGUAGES, Pools, Scores, rank_of_each, read_pools
from matching import create_encoder
from matching.similarity import FusedSimilarity

DEFAULT_FOLDER = Path("../shared/data/esco")
MIXES = tuple(combinations(LANGUAGES, 2))
# Pools in which the need's own language is one of the two are the common case.
CASES = tuple((asked, mix) for asked in LANGUAGES for mix in MIXES)
KINSHIPS = (0.0, 0.04, 0.06, 0.08, 0.10, 0.12)
STRETCHES = (1.0, 1.05, 1.1, 1.15)
WEIGHTS = (0.0, 0.06, 0.12, 0.18, 0.24, 0.30)
RESAMPLES = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT_FOLDER)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if not (given.folder / "occupations_en.csv").exists():
        print(f"No ESCO labels in {given.folder}: skipped.")
        return
    encoder = create_encoder()
    now = encoder.similarity
    assert isinstance(now, FusedSimilarity)
    pools = read_pools(given.folder, encoder)
    result = {
        "people": len(pools),
        "before": table("one scale for all pairs", pools.scores(stretched(now, 1.0, 0.0))),
        "after": table("as it is", scores := pools.scores(now)),
        "cross_validated": cross_validate(pools, now),
        "must_have": must_have_table(scores),
    }
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def stretched(now: FusedSimilarity, stretch: float, kinship: float) -> FusedSimilarity:
    """Return the similarity with the scale between English and others *stretch* times the other's.

    The offset keeps unrelated texts (near .1) where they are.
    """
    offset = now.offset * stretch - 0.1 * (stretch - 1.0)
    return replace(now, mixed_scale=now.scale * stretch, mixed_offset=offset, kinship=kinship)


def differences(scores: Scores, asked: str, mix: tuple[str, str]) -> NDArray[np.float64]:
    ranks = rank_of_each(scores, asked, mix)
    return np.log2(ranks[mix[1]]) - np.log2(ranks[mix[0]])


def table(title: str, scores: Scores) -> dict[str, object]:
    """Print and return one row for each case."""
    print(f"\n{title}\nneed  pool   log2 rank of second - first    reciprocal rank")
    rows = {}
    for asked, mix in CASES:
        ranks = rank_of_each(scores, asked, mix)
        difference = np.log2(ranks[mix[1]]) - np.log2(ranks[mix[0]])
        low, high = interval(difference)
        mean = float(difference.mean())
        reciprocal = [float((1.0 / ranks[code]).mean()) for code in mix]
        rows[f"{asked}: {mix[0]}/{mix[1]}"] = [mean, low, high, *reciprocal]
        shown = " ".join(f"{value:.3f}" for value in reciprocal)
        print(f"{asked}    {mix[0]}/{mix[1]}  {mean:+.2f}  [{low:+.2f}, {high:+.2f}]   {shown}")
    bias = bias_of(scores)
    print(f"root mean square of the differences: {bias:.2f}")
    return {"cases": rows, "bias": bias}


def bias_of(scores: Scores, people: Sequence[int] | None = None) -> float:
    kept = slice(None) if people is None else list(people)
    means = [float(differences(scores, *case)[kept].mean()) for case in CASES]
    return float(np.sqrt(np.mean(np.square(means))))


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    chance = np.random.default_rng(0)
    drawn = chance.integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def cross_validate(pools: Pools, now: FusedSimilarity) -> dict[str, object]:
    """Choose both numbers on one half of the people, report them on the other."""
    grid = {
        (kinship, stretch): pools.scores(stretched(now, stretch, kinship))
        for kinship, stretch in product(KINSHIPS, STRETCHES)
    }
    halves = (range(0, len(pools), 2), range(1, len(pools), 2))
    folds = []
    for fitted, held in (halves, halves[::-1]):
        best = min(grid, key=lambda choice: bias_of(grid[choice], fitted))
        folds.append({"chosen": best, "held_out": bias_of(grid[best], held)})
    print("\nchosen on one half (kinship, stretch), bias on the other:", folds)
    whole = {str(choice): round(bias_of(scores), 3) for choice, scores in grid.items()}
    print("kinship " + "".join(f"  x{stretch:<5}" for stretch in STRETCHES))
    for kinship in KINSHIPS:
        print(
            f"{kinship:7.2f} " + "".join(f"  {whole[str((kinship, s))]:.2f}  " for s in STRETCHES)
        )
    return {"folds": folds, "whole": whole}


def must_have_table(scores: Scores) -> dict[str, list[float]]:
    """Print, by weight, how often covering all must-haves loses and how often it wins wrongly.

    First: the one who fits and covers all stands below somebody who covers none. Second: somebody
    drawn at random who covers all stands above the one who fits and shows no skills.
    """
    print("\nweight  fits and covers all, yet beaten    any other covers all, and beats who fits")
    rows = {}
    for weight in WEIGHTS:
        values = [float(np.mean(list(part))) for part in zip(*_shares(scores, weight), strict=True)]
        rows[str(weight)] = values
        print(f"{weight:6.2f}  {values[0]:.2f}{'':31}{values[1]:.2f}")
    return rows


def _shares(scores: Scores, weight: float) -> Iterable[tuple[float, float]]:
    for asked, mix in CASES:
        chosen = np.random.default_rng(1).integers(0, 2, len(scores[asked, asked]))
        pool = np.where(chosen == 0, scores[asked, mix[0]], scores[asked, mix[1]])
        own = np.diag(pool)[:, None]
        others = ~np.eye(len(pool), dtype=bool)
        beaten = ((pool > own + weight) & others).any(axis=1)
        yield float(beaten.mean()), float((pool + weight > own)[others].mean())


if __name__ == "__main__":
    main()
