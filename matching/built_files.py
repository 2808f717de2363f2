"""Files that are built once and kept: checked when read, replaced as a whole, never half there."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

MAGIC = b"VRBUILT1"
_DIGEST_BYTES = 32
_log = logging.getLogger(__name__)


def default_folder() -> Path:
    """Return the folder for built files of a user who names none: the cache folder of XDG."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "virtual-return"


def built(folder: Path, name: str, recipe: str, build: Callable[[], bytes]) -> bytes:
    """Return what *build* makes, from the file *name* in *folder* where that is whole.

    *recipe* names everything that the content depends on. A file that is damaged, cut short or of
    another recipe is built again; several processes may do so at once, since each writes beside
    and renames. Where the folder cannot be written, the content is built at each start, and a
    warning says so.
    """
    path = folder / name
    found = _read(path, recipe)
    if found is not None:
        return found
    content = build()
    try:
        _write(path, recipe, content)
    except OSError as error:
        _log.warning(
            "built_file_not_kept",
            extra={"path": str(path), "reason": str(error), "remedy": "make the folder writable"},
        )
    return content


def _read(path: Path, recipe: str) -> bytes | None:
    """Return the content, or None unless it is there, whole and of this recipe."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    head = len(MAGIC) + _DIGEST_BYTES
    content = raw[head:]
    return content if raw[:head] == MAGIC + _digest(recipe, content) else None


def _write(path: Path, recipe: str, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + _digest(recipe, content))
            file.write(content)
            file.flush()
            os.fsync(handle)
        # Made for its owner alone; the worker and the pages may be different users.
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _digest(recipe: str, content: bytes) -> bytes:
    """Digest both, so that a whole file of another recipe is not taken for this one."""
    digest = hashlib.sha256(recipe.encode() + b"\0")
    digest.update(content)
    return digest.digest()
