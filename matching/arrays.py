"""Arrays as plain files: written to the disk with a checksum, and mapped when read."""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.index_errors import IndexDamaged

# The type of the numbers is in the name of the file. Little-endian everywhere.
TYPES = {".f32": "<f4", ".i32": "<i4", ".i64": "<i8", ".txt": "u1", ".u8": "u1"}

# Size in bytes and SHA-256.
Described = tuple[int, str]


def write_array(path: Path, arrays: Iterable[NDArray[Any]]) -> Described:
    """Write arrays one behind the other; what is returned stands on the disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for array in arrays:
            stored = np.ascontiguousarray(array, dtype=TYPES.get(path.suffix, "u1"))
            content = stored.reshape(-1).view(np.uint8).data
            digest.update(content)
            size += file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def write_bytes(path: Path, content: bytes) -> Described:
    """Write a file of bytes in the same way."""
    return write_array(path, [np.frombuffer(content, dtype=np.uint8)])


def map_array(path: Path) -> NDArray[Any]:
    """Return a file as an array that reads from the page cache; it may not be written."""
    kind = np.dtype(TYPES[path.suffix])
    with path.open("rb") as file:
        if not path.stat().st_size:
            return np.zeros(0, dtype=kind)
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype=kind)


def check_file(path: Path, size: int, digest: str | None) -> None:
    """Raise IndexDamaged unless the file has this size and, unless None, this checksum."""
    try:
        found = path.stat().st_size
        if found != size:
            raise IndexDamaged(f"{path} has {found} bytes, not {size}; rebuild the index.")
        if digest is not None and _digest(path) != digest:
            raise IndexDamaged(f"{path} does not have the checksum of the manifest; rebuild it.")
    except OSError as error:
        raise IndexDamaged(f"{path} is missing ({error}); rebuild the index.") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
