"""Resolve pyproject.toml into the two lock files, for every supported Python at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).parent / "uv"
HEADER = """\
# Compiled by `make lock` from pyproject.toml for Python 3.11 to 3.13; do not edit.
# torch stands here without CUDA's packages: where its CPU build is at hand, none come in.
"""
FORBIDDEN = ("nvidia-", "cuda-", "triton")


def main() -> None:
    """Write the runtime lock, then a development lock that agrees with it."""
    extra = sys.argv[1:]
    compile_lock("requirements.txt", *extra)
    compile_lock(
        "requirements-dev.txt", "--group", "dev", "--constraints", "requirements.txt", *extra
    )


def compile_lock(name: str, *options: str) -> None:
    """Let uv resolve, and refuse a lock that would download CUDA."""
    command = [
        str(UV), "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
        "--no-header", "--annotation-style", "line", "--quiet", "-o", name, *options,
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True)
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    cuda = [line for line in lines if line.startswith(FORBIDDEN)]
    if cuda:
        sys.exit(f"{name} would bring CUDA in: {', '.join(cuda)}. See [tool.uv] in pyproject.toml.")
    (ROOT / name).write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {sum('==' in line for line in lines)} pins.")


if __name__ == "__main__":
    main()
