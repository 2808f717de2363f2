"""Measure the centres of languages that the default encoder takes off.

    python -m benchmarks.centres LABELS_FOLDER PAPERS_FOLDER

From the calibration texts, from a folder with skills_en.csv and the like (ESCO), and from an
evaluation folder in English. Writes matching/data/centres.npz; that changes the encoder's
revision, so stored vectors are made again.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matching.calibration import CENTRES, parallel_texts
from matching.encoder import create_encoder
from matching.evaluation_data import read_folder
from matching.fused import FusedEncoder
from matching.vectors import Float32

LABELS = 2_500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("papers", type=Path)
    given = parser.parse_args()
    write_centres(given.labels, given.papers)


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
    rows = FusedEncoder().encode_multilingual(texts)
    return np.asarray(rows.mean(axis=0), dtype=np.float32)


if __name__ == "__main__":
    main()
