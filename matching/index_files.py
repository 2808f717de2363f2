"""The files of a saved index: written beside and renamed into place, mapped when read.

Format 2. For each group: `vectors-G.f32` (rows one behind the other), `codes-G.i32` (the owner's
number of each row), `first-G.i64` (where each owner's rows begin; they stand together), and the
item of each row as `items-G.i64` (offsets) and `items-G.txt`. For all: the owners' ids as
`owners.i64` and `owners.txt`, and `owners.i32`, their numbers sorted by id. `changes.log` is what
came since (`changelog`). Little-endian.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.changelog import CHANGES, header_of
from matching.compacting import Compacted, compacted
from matching.group import Group
from matching.index_errors import IndexDamaged, IndexMismatch
from matching.manifest import MANIFEST, Manifest, read_manifest
from matching.slots import Slots
from matching.strings import OwnerTable, StoredStrings

# Files up to this size are read whole and compared with their checksum when an index is opened;
# of larger ones only the size is compared, so that opening stays a matter of milliseconds.
READ_AT_OPENING = 1 << 20
_TYPES = {".f32": "<f4", ".i32": "<i4", ".i64": "<i8", ".txt": "u1"}


@dataclass(frozen=True)
class StoredIndex:
    """A saved index, mapped: its manifest, owners by number, and the rows by group."""

    manifest: Manifest
    owners: OwnerTable
    groups: dict[int, Slots]


def write_index_files(
    directory: Path, head: Manifest, owners: OwnerTable, groups: Mapping[int, Group]
) -> Manifest:
    """Write beside *directory* and rename; on any failure nothing is left."""
    if directory.exists():
        raise FileExistsError(f"{directory} exists; save to a new directory.")
    beside = directory.with_name(f".{directory.name}.{os.getpid()}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        manifest = _write_into(beside, head, compacted(owners, groups))
        beside.rename(directory)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync_directory(directory.parent)
    return manifest


def read_index_files(
    directory: Path, encoder_name: str | None, encoder_revision: str | None
) -> StoredIndex:
    """Check manifest, sizes and small files, then map the rest."""
    manifest = read_manifest(directory)
    for asked, found, what in (
        (encoder_name, manifest.encoder_name, "encoder"),
        (encoder_revision, manifest.encoder_revision, "encoder revision"),
    ):
        if asked is not None and asked != found:
            raise IndexMismatch(
                f"{directory} holds vectors of {what} {found}, not {asked}; rebuild the index."
            )
    for name, (size, digest) in manifest.files.items():
        _check_file(directory / name, size, digest if size <= READ_AT_OPENING else None)
    try:
        return _map(directory, manifest)
    except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
        raise IndexDamaged(f"{directory} cannot be opened ({error}); rebuild it.") from error


def verify_index_files(directory: Path) -> Manifest:
    """Compare every file with its checksum, however long it takes; IndexDamaged where one fails."""
    manifest = read_manifest(directory)
    for name, (size, digest) in manifest.files.items():
        _check_file(directory / name, size, digest)
    return manifest


def sync_directory(directory: Path) -> None:
    """Make a rename in *directory* survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_into(folder: Path, head: Manifest, whole: Compacted) -> Manifest:
    ids = StoredStrings.of(whole.names)
    files = {
        "owners.i64": _write(folder / "owners.i64", [ids.offsets]),
        "owners.txt": _write(folder / "owners.txt", [ids.blob]),
        "owners.i32": _write(folder / "owners.i32", [OwnerTable.sorted_order(whole.names)]),
    }
    for number, group in whole.groups.items():
        items = StoredStrings.of(group.items())
        for name, arrays in (
            (f"vectors-{number}.f32", group.vectors()),
            (f"codes-{number}.i32", iter([group.codes])),
            (f"first-{number}.i64", iter([group.first])),
            (f"items-{number}.i64", iter([items.offsets])),
            (f"items-{number}.txt", iter([items.blob])),
        ):
            files[name] = _write(folder / name, arrays)
    rows = {number: len(group.codes) for number, group in whole.groups.items()}
    manifest = replace(head, owners=len(whole.names), groups=rows, files=files)
    _write(folder / MANIFEST, [_bytes(manifest.to_json().encode())])
    _write(folder / CHANGES, [_bytes(header_of(manifest.identity))])
    sync_directory(folder)
    return manifest


def _write(path: Path, arrays: Iterator[NDArray[Any]] | list[NDArray[Any]]) -> tuple[int, str]:
    """Write arrays one behind the other, to the disk; return size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for array in arrays:
            stored = np.ascontiguousarray(array, dtype=_TYPES.get(path.suffix, "u1"))
            content = stored.reshape(-1).view(np.uint8).data
            digest.update(content)
            size += file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _bytes(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(content, dtype=np.uint8)


def _check_file(path: Path, size: int, digest: str | None) -> None:
    try:
        found = path.stat().st_size
        if found != size:
            raise IndexDamaged(f"{path} has {found} bytes, not {size}; rebuild the index.")
        if digest is not None and _digest(path) != digest:
            raise IndexDamaged(f"{path} does not have the checksum of the manifest; rebuild it.")
    except OSError as error:
        raise IndexDamaged(f"{path} is missing ({error}); rebuild the index.") from error


def _map(directory: Path, manifest: Manifest) -> StoredIndex:
    owners = OwnerTable(
        StoredStrings(_mapped(directory / "owners.i64"), _mapped(directory / "owners.txt")),
        _mapped(directory / "owners.i32"),
    )
    if len(owners) != manifest.owners:
        raise ValueError("the manifest counts other owners")
    groups = {}
    for number, rows in manifest.groups.items():
        vectors = _mapped(directory / f"vectors-{number}.f32").reshape(-1, manifest.dimension)
        items = StoredStrings(
            _mapped(directory / f"items-{number}.i64"), _mapped(directory / f"items-{number}.txt")
        )
        codes = _mapped(directory / f"codes-{number}.i32")
        first = _mapped(directory / f"first-{number}.i64")
        if len(vectors) != rows or len(first) != len(owners) + 1:
            raise ValueError(f"group {number} has {len(vectors)} rows, not {rows}")
        groups[number] = Slots.stored(vectors, codes, first, items)
    return StoredIndex(manifest, owners, groups)


def _mapped(path: Path) -> NDArray[Any]:
    """Return a file as an array that reads from the page cache; it may not be written."""
    kind = np.dtype(_TYPES[path.suffix])
    with path.open("rb") as file:
        if not path.stat().st_size:
            return np.zeros(0, dtype=kind)
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype=kind)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
