"""The name of our source root is also a module of the standard library."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys
import platform
import wsgi, models, virtual_return, matching
modules = ("platform", "wsgi", "models", "virtual_return", "matching")
print(json.dumps({name: sys.modules[name].__file__ for name in modules}))
"""


def origins(folder: Path, *options: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, *options, "-c", SCRIPT],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "DATA_DIR": "/tmp/house-test"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_each_name_means_what_it_says_from_the_root():
    found = origins(ROOT)

    assert Path(found["platform"]).parent != ROOT / "platform"
    assert found["platform"].endswith("platform.py")
    assert found["wsgi"] == str(ROOT / "wsgi.py")
    assert found["models"] == str(ROOT / "models" / "__init__.py")
    assert found["matching"] == str(ROOT / "matching" / "__init__.py")
    assert found["virtual_return"] == str(ROOT / "platform" / "virtual_return" / "__init__.py")


@pytest.mark.parametrize("name", ["__init__.py", "conftest.py"])
def test_the_source_root_is_never_a_package(name):
    assert not (ROOT / "platform" / name).exists()


def test_the_source_root_holds_no_tests():
    assert not list((ROOT / "platform").rglob("test_*.py"))


def test_there_is_no_package_of_tests():
    assert not list((ROOT / "tests").rglob("__init__.py"))
