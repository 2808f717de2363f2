"""Tables in Markdown and a chart in SVG from docs/benchmarks/encoder.json."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path
from typing import Any

from benchmarks.machine import processor

Rates = dict[str, dict[str, float]]
COLOURS = ("#6b6b6b", "#c2571a", "#8a6d00", "#1b5e7a", "#5b7a1b")


def machine() -> dict[str, object]:
    """Return the processor's name, its cores, and how busy it is."""
    load = round(os.getloadavg()[0], 1)
    return {"processor": processor(), "cores": os.cpu_count(), "load": load}


def write_report(out: Path) -> str:
    """Write encoder.md and encoder.svg from encoder.json, and return the former."""
    found: dict[str, Any] = json.loads((out / "encoder.json").read_text(encoding="utf-8"))
    page = "\n".join(_parts(found))
    (out / "encoder.md").write_text(page, encoding="utf-8")
    (out / "encoder.svg").write_text(chart(found), encoding="utf-8")
    return page


def _parts(found: dict[str, Any]) -> list[str]:
    at = found["machine"]
    parts = [
        "<!-- Written by `python -m benchmarks.bench_encoder`. -->",
        (
            f"One thread of {at['processor']} ({at['cores']} cores, load {at['load']}). Texts a "
            "second of processor time, in batches; in brackets, how many times the first row.\n"
        ),
        _table("MiniLM", found["english"]),
        _table("multilingual-e5-small", found["multilingual"]),
        "| one query through both models | median, ms | of processor time, ms | least, ms |",
        "|---|---|---|---|",
    ]
    parts += [
        f"| {name} | {row['p50_ms']} | {row['processor_p50_ms']} | {row['least_ms']} |"
        for name, row in found["query"].items()
    ]
    parts += ["\n| cosine of this | mean | least |", "|---|---|---|"]
    parts += [f"| {name} | {mean} | {least} |" for name, (mean, least) in found["cosines"].items()]
    memory = found["memory_mb"]
    parts.append(
        f"\nA process that has encoded with both models holds {memory['resident']} MB, of which "
        f"{memory['own']} MB are its own and the rest is mapped and shared."
    )
    if "evaluation" in found:
        said = ", ".join(f"{name} {value:.4f}" for name, value in found["evaluation"].items())
        parts.append(f"\nPairwise loss on researchers and papers: {said}.")
    return [*parts, ""]


def _table(title: str, rates: Rates) -> str:
    first = next(iter(rates.values()))
    lines = [f"| {title} | " + " | ".join(f"{size} words" for size in first) + " |"]
    lines.append("|---" * (len(first) + 1) + "|")
    for name, row in rates.items():
        cells = [f"{rate:g} ({rate / first[size]:.1f})" for size, rate in row.items()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def chart(found: dict[str, Any]) -> str:
    """Return bars: how many times the first engine, by model and number of words."""
    groups = [
        (model, size, {name: row[size] / rate for name, row in rates.items()})
        for model, rates in (("MiniLM", found["english"]), ("e5", found["multilingual"]))
        for size, rate in next(iter(rates.values())).items()
    ]
    rows = sum(len(bars) for *_, bars in groups)
    height = 60 + 18 * rows + 26 * len(groups)
    most = max(value for *_, bars in groups for value in bars.values())
    title = "Texts a second, times the first engine of each group"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" role="img" '
            f'font-family="sans-serif" font-size="12"><title>{title}</title>'
        ),
        f'<rect width="760" height="{height}" fill="#ffffff"/>',
        f'<text x="20" y="28" font-size="15">{title}</text>',
    ]
    y = 52
    for model, size, bars in groups:
        parts.append(f'<text x="20" y="{y}" font-weight="bold">{model}, {size} words</text>')
        for number, (name, value) in enumerate(bars.items()):
            y += 18
            width = round(400 * value / most, 1)
            parts.append(f'<text x="210" y="{y}" text-anchor="end">{html.escape(name)}</text>')
            parts.append(
                f'<rect x="218" y="{y - 11}" width="{width}" height="14" fill="{COLOURS[number]}"/>'
            )
            parts.append(f'<text x="{222 + width}" y="{y}">{value:.1f}</text>')
        y += 26
    return "\n".join([*parts, "</svg>"]) + "\n"
