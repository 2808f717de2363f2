"""Time one whole `match` call: filters, both legs, skills, soft facts, reasons for fifty.

    python -m benchmarks.bench_match [--people 100000] [--needs 100] [--exact]

Prints p50 and p99 of one call on one thread, by the clock and in processor time, and each stage's
share; writes docs/benchmarks/match.json, match.md and match.svg. What a database takes is not in
it: documents are made from texts that lie ready, vectors of skills and sentences are decoded from
half-precision bytes. `--exact` leaves the index without its lists of near rows (they take two
minutes to make). `--depth` compares lists with those of looking at 800 people closely.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.machine import processor  # noqa: E402
from benchmarks.match_world import TODAY, SyntheticPeople, World  # noqa: E402
from matching import ItemVectors, Matcher, MatchList, NeedDocument, VectorIndex  # noqa: E402

OUT = ROOT / "docs" / "benchmarks"
LIMIT = 50
DEEP = 800
STAGES = ("filter", "search", "score", "documents", "vectors", "skills", "order", "reasons")
Needs = Sequence[tuple[NeedDocument, ItemVectors]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--needs", type=int, default=100)
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--depth", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    started = time.perf_counter()
    world = World(options.people)
    index = world.index()
    pool = SyntheticPeople(world, world.table())
    needs = [world.need(number) for number in range(options.needs)]
    print(f"made {len(index):,} vectors in {time.perf_counter() - started:.0f} s", flush=True)
    result = {"machine": machine(), "exact": measure(needs, index, pool)}
    if options.depth:
        result["depth"] = depths(needs[:25], index, pool)
        print(result["depth"], flush=True)
    if not options.exact:
        with tempfile.TemporaryDirectory() as folder:
            index.save(Path(folder) / "index", accelerates=True)
            index = VectorIndex.load(Path(folder) / "index")
            result["lists"] = measure(needs, index, pool)
    write(result, options.out)


def measure(needs: Needs, index: VectorIndex, pool: SyntheticPeople) -> dict[str, object]:
    for pair in needs[:20]:
        match(pair, index, pool)
    times, processor = [], []
    stages = dict.fromkeys(STAGES, 0.0)
    shown = considered = 0
    for pair in needs:
        start, started = time.perf_counter(), time.process_time()
        found = match(pair, index, pool)
        times.append(1_000 * (time.perf_counter() - start))
        processor.append(1_000 * (time.process_time() - started))
        shown, considered = shown + len(found.matches), considered + found.considered
        for stage, seconds in found.seconds.items():
            stages[stage] += seconds
    result: dict[str, object] = {
        "people": len(pool.table()),
        "vectors": len(index),
        "dimension": index.dimension,
        "needs": len(needs),
        "shown": shown / len(needs),
        "passing": considered / len(needs),
        "p50_ms": statistics.median(times),
        "p99_ms": float(np.quantile(times, 0.99)),
        "processor_p50_ms": statistics.median(processor),
        "processor_p99_ms": float(np.quantile(processor, 0.99)),
        "stages_ms": {stage: 1_000 * spent / len(needs) for stage, spent in stages.items()},
    }
    print(table(result), flush=True)
    return result


def depths(needs: Needs, index: VectorIndex, pool: SyntheticPeople) -> dict[str, float]:
    """Return the share of the first 10 and 50 that are there with less depth too."""
    shares: dict[str, list[float]] = {}
    for pair in needs:
        deep = ids(pair, index, pool, DEEP)
        for examined in (100, 200, 400):
            found = ids(pair, index, pool, examined)
            for first in (10, LIMIT):
                kept = len(set(found[:first]) & set(deep[:first])) / max(1, len(deep[:first]))
                shares.setdefault(f"{examined} of the first {first}", []).append(kept)
    return {name: statistics.mean(own) for name, own in shares.items()}


def ids(
    pair: tuple[NeedDocument, ItemVectors], index: VectorIndex, pool: SyntheticPeople, examined: int
) -> list[str]:
    matcher = Matcher(examined=examined, explains=False)
    return [m.id for m in matcher.rank_people(*pair, index, pool, limit=LIMIT, day=TODAY).matches]


def match(
    pair: tuple[NeedDocument, ItemVectors], index: VectorIndex, pool: SyntheticPeople
) -> MatchList:
    return Matcher().rank_people(*pair, index, pool, limit=LIMIT, day=TODAY)


def machine() -> str:
    return f"{processor()}, {os.cpu_count()} CPUs, one thread used"


def table(result: dict[str, object]) -> str:
    """Return one measurement as a table in Markdown."""
    stages = result["stages_ms"]
    assert isinstance(stages, dict)
    whole = sum(stages.values())
    lines = ["| | |", "|---|---|"]
    lines += [
        f"| {name.replace('_', ' ')} | {value:,.0f} |"
        for name, value in result.items()
        if isinstance(value, (int, float))
    ]
    lines += ["", "| stage | ms, mean | share |", "|---|---|---|"]
    lines += [f"| {stage} | {ms:.1f} | {ms / whole:.0%} |" for stage, ms in stages.items()]
    return "\n".join(lines)


def write(result: dict[str, object], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "match.json").write_text(json.dumps(result, indent=2) + "\n")
    parts = [f"{result['machine']}"]
    for name in ("exact", "lists"):
        found = result.get(name)
        if isinstance(found, dict):
            parts.append(f"Search: {name}.\n\n{table(found)}")
            (out / "match.svg").write_text(chart(found))
    (out / "match.md").write_text("\n\n".join(parts) + "\n")


def chart(result: dict[str, object]) -> str:
    """Draw the mean time by stage as bars."""
    stages = result["stages_ms"]
    assert isinstance(stages, dict)
    most, rows = max(stages.values()), []
    for row, (stage, ms) in enumerate(stages.items()):
        y, width = 40 + 26 * row, 360 * ms / most
        rows.append(
            f'<text x="8" y="{y + 14}">{stage}</text>'
            f'<rect x="100" y="{y}" width="{width:.0f}" height="18" fill="#2b6f8a"/>'
            f'<text x="{106 + width:.0f}" y="{y + 14}">{ms:.1f} ms</text>'
        )
    title = (
        f"One match among {result['people']:,} people: "
        f"{result['p50_ms']:.0f} ms in the median, {result['p99_ms']:.0f} ms at p99"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 {60 + 26 * len(stages)}" '
        f'font-family="sans-serif" font-size="13" role="img"><title>{title}</title>'
        f'<text x="8" y="22" font-weight="bold">{title}</text>{"".join(rows)}</svg>\n'
    )


if __name__ == "__main__":
    main()
