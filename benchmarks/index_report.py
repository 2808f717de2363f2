"""Tables in Markdown and charts in SVG from docs/benchmarks/index.json."""

from __future__ import annotations

import html
import json
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import processor

ROW_BYTES = 384 * 4
FILTERS = {
    "all": "no filter",
    "r10": "10 %",
    "r1": "1 %",
    "r01": "0.1 %",
    "c10": "10 %, by topic",
    "c1": "1 %, by topic",
    "c01": "0.1 %, by topic",
}
COLOURS = ("#1b5e7a", "#c2571a", "#5b7a1b", "#7a1b5e", "#8a6d00", "#3a3a8a", "#6b6b6b", "#00695c",
           "#a03030")  # fmt: skip
Results = dict[str, dict[str, Any]]


def machine() -> dict[str, object]:
    """Return the machine's name and what it can do at most: one thread."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "read_gb_s": round(read_rate(), 1),
        "multiply_add_gflop_s": round(multiply_add_rate(), 1),
        "load_at_the_end": round(os.getloadavg()[0], 1),
    }


def read_rate() -> float:
    """Return gigabytes a second that one thread reads from memory; the best of some ways."""
    block = np.ones(100_000_000, dtype=np.int32)
    ways: list[Callable[[], object]] = [block.max, lambda: block.view(np.int64).max()]
    return max(block.nbytes / 1e9 / _seconds(way) for way in ways for _ in range(3))


def multiply_add_rate() -> float:
    """Return how many billion multiplications and additions one thread does in a second."""
    square = np.ones((1_024, 1_024), dtype=np.float32)
    return max(2 * 1_024**3 / 1e9 / _seconds(lambda: square @ square) for _ in range(5))


def write_report(out: Path) -> None:
    """Write index.md and the charts."""
    path = out / "index.json"
    if not path.exists():
        return
    stored = json.loads(path.read_text())
    parts = [_head(stored["machine"])]
    for size, results in sorted(stored["results"].items(), key=lambda pair: int(pair[0])):
        parts += [f"## {int(size):,} vectors\n", _searches(results), _updates(results)]
        parts += [_ours(results, int(size), stored["machine"])]
    (out / "index.md").write_text("\n".join(parts), encoding="utf-8")
    (out / "index-growth.svg").write_text(growth_chart(stored["results"]), encoding="utf-8")
    (out / "index-filters.svg").write_text(filter_chart(stored["results"]), encoding="utf-8")


def _head(found: dict[str, Any]) -> str:
    return (
        "<!-- Written by `python -m benchmarks.bench_index --report`. -->\n"
        f"Machine: {found['processor']}, {found['cores']} cores, of which one thread reads "
        f"{found['read_gb_s']} GB/s and multiplies and adds {found['multiply_add_gflop_s']} "
        "GFLOP/s at most. One thread a query; the fifty nearest of 384 numbers; milliseconds are "
        'medians. "x R" is how many times faster than FAISS FlatIP *without a filter*, measured '
        "in the same process; recall, in brackets, is the share of the fifty exact answers.\n"
    )


def _searches(results: Results) -> str:
    lines = ["| engine | R, ms | " + " | ".join(FILTERS.values()) + " | build, s |"]
    lines.append("|---" * (len(FILTERS) + 3) + "|")
    for name, result in _ordered(results):
        cells = [_cell(result["searches"].get(key)) for key in FILTERS]
        lines.append(
            f"| {name} | {result['flat_ms']:.2f} | "
            + " | ".join(cells)
            + f" | {result['build_s']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def _cell(found: dict[str, float] | None) -> str:
    if found is None:
        return "no filter in Python"
    ratio = found["flat_ms"] / found["p50_ms"]
    shown = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"
    return f"{found['p50_ms']:.3g} ms, {shown} x R ({found['recall']:.3f})"


def _updates(results: Results) -> str:
    lines = ["| engine | 1 vector added, ms | 1,000 added, ms |", "|---|---|---|"]
    for name, result in _ordered(results):
        if found := result.get("updates"):
            lines.append(f"| {name} | {found['add_1_ms']:.3g} | {found['add_1000_ms']:.3g} |")
    return "\n".join(lines) + "\n"


def _ours(results: Results, size: int, found: dict[str, Any]) -> str:
    ours = results.get("this index")
    if not ours or "store" not in ours:
        return ""
    bound = size * ROW_BYTES / found["read_gb_s"] / 1e6
    lines = [f"Reading every row once takes {bound:.2f} ms at the measured rate.\n"]
    lines += ["| this index | |", "|---|---|"]
    lines += [f"| {name}, ms | {ms:.3g} |" for name, ms in ours["store"].items()]
    lines += [
        f"| needs a second in a batch of 1,000, {n} | {q:,.0f} |" for n, q in ours["batch"].items()
    ]
    return "\n".join(lines) + "\n"


def _ordered(results: Results) -> list[tuple[str, dict[str, Any]]]:
    own = ("this index", "this index, exact", "FAISS FlatIP (R)", "numpy, exact")
    names = [name for name in own if name in results]
    return [(name, results[name]) for name in [*names, *sorted(set(results) - set(own))]]


def growth_chart(results: dict[str, Results]) -> str:
    """Return milliseconds of a search without a filter over the number of rows."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for size in sorted(results, key=int):
        for name, result in _ordered(results[size]):
            lines.setdefault(name, []).append((float(size), result["searches"]["all"]["p50_ms"]))
    return _chart("One query by number of vectors, ms (both axes logarithmic)", lines,
                  lambda x: f"{x:,.0f}")  # fmt: skip


def filter_chart(results: dict[str, Results]) -> str:
    """Return milliseconds by share of rows that pass, at 100,000 rows or the most there are."""
    if not results:
        return ""
    size = "100000" if "100000" in results else max(results, key=int)
    shares = {"all": 100.0, "r10": 10.0, "r1": 1.0, "r01": 0.1}
    lines = {
        name: [
            (share, result["searches"][key]["p50_ms"])
            for key, share in shares.items()
            if key in result["searches"]
        ]
        for name, result in _ordered(results[size])
    }
    title = f"One query by share that passes a random filter, {int(size):,} vectors, ms"
    return _chart(title, lines, lambda x: f"{x:g} %")


def _chart(
    title: str, lines: dict[str, list[tuple[float, float]]], said: Callable[[float], str]
) -> str:
    """Return a line chart with two logarithmic axes and a legend."""
    xs = sorted({x for line in lines.values() for x, _ in line})
    ys = [y for line in lines.values() for _, y in line]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    span = max(math.log10(xs[-1] / xs[0]), 1e-9)

    def at(x: float, y: float) -> tuple[float, float]:
        right = 70 + 430 * (math.log10(x / xs[0]) / span if len(xs) > 1 else 0.5)
        return round(right, 1), round(350 - 290 * (math.log10(y) - low) / max(high - low, 1), 1)

    parts = [
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 400" role="img" '
            f'font-family="sans-serif" font-size="12"><title>{html.escape(title)}</title>'
        ),
        '<rect width="720" height="400" fill="#ffffff"/>',
        f'<text x="20" y="28" font-size="15">{html.escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        y = at(xs[0], 10.0**power)[1]
        parts.append(f'<path d="M70 {y}H500" stroke="#dddddd"/>')
        parts.append(f'<text x="62" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    parts += [f'<text x="{at(x, 1)[0]}" y="372" text-anchor="middle">{said(x)}</text>' for x in xs]
    for number, (name, line) in enumerate(lines.items()):
        colour, y = COLOURS[number % len(COLOURS)], 70 + 20 * number
        points = [at(*point) for point in line]
        path = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a}" cy="{b}" r="3.5" fill="{colour}"/>' for a, b in points]
        parts.append(f'<rect x="520" y="{y - 9}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="538" y="{y + 1}">{html.escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
