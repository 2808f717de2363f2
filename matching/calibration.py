"""Constants measured from texts: unrelated sentences, centres of languages, reach of outputs."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np

from matching.vectors import Float32

DATA = Path(__file__).parent / "data"
CENTRES = DATA / "centres.npz"
TEXTS = DATA / "calibration.tsv"
REACH = DATA / "reach.npz"


@lru_cache(maxsize=1)
def parallel_texts() -> dict[str, tuple[str, ...]]:
    """Return thirty unrelated texts in each of five languages; row n is the same text in each."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {language: tuple(row[language] for row in rows) for language in rows[0]}


def unrelated_texts() -> tuple[list[str], list[str | None]]:
    """Return the calibration texts, each in one of the five languages in turn, and those codes."""
    texts = parallel_texts()
    codes = list(texts)
    chosen = [codes[row % len(codes)] for row in range(len(texts[codes[0]]))]
    return [texts[code][row] for row, code in enumerate(chosen)], list(chosen)


@lru_cache(maxsize=1)
def language_centres() -> dict[str, Float32]:
    """Return the mean multilingual vector [384] of each measured language.

    Written by `python -m benchmarks.centres`; "" holds the mean over the languages, for
    texts in any other.
    """
    with np.load(CENTRES) as stored:
        centres = {name: stored[name].astype(np.float32) for name in stored.files}
    centres[""] = np.mean(list(centres.values()), axis=0, dtype=np.float32)
    return centres


def activation_reach(model: str) -> dict[str, Float32]:
    """Return how far each output of each layer norm of *model* goes, by the norm's short name.

    *model* is "minilm" or "e5". Written by `python -m benchmarks.reach`.
    """
    with np.load(REACH) as stored:
        names = [name for name in stored.files if name.startswith(f"{model}/")]
        return {name.split("/")[1]: stored[name].astype(np.float32) for name in names}
