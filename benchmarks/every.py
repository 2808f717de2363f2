"""Run all benchmarks, one after the other: `make bench`, or `make bench SMALL=1` for minutes.

    python -m benchmarks.every [--small] [NAME ...]

One that fails does not keep the next from running, but the command fails at the end. Small runs
prove that everything works; they leave out what has no smaller form, and write to var/benchmarks.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = sorted(path.stem.removeprefix("bench_") for path in ROOT.glob("benchmarks/bench_*.py"))
APART = str(ROOT / "var" / "benchmarks")
SMALL = {
    "index": ["--size", "10000", "--out", APART],
    "match": ["--people", "3000", "--needs", "10", "--out", APART],
    "freshness": ["--times", "1"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*BENCHMARKS, []])
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    names = options.name or BENCHMARKS
    failed = [
        name
        for name in names
        if (not options.small or name in SMALL)
        and ran(name, SMALL[name] if options.small else []) != 0
    ]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def ran(name: str, arguments: list[str]) -> int:
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.bench_{name}", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    main()
