"""The files of a saved index: written beside and renamed into place, mapped when read.

Format 2. For each group: `vectors-G.f32` (rows one behind the other), `codes-G.i32` (the owner's
number of each row), `first-G.i64` (where each owner's rows begin; they stand together), and the
item of each row as `items-G.i64` (offsets) and `items-G.txt`. For all: the owners' ids as
`owners.i64` and `owners.txt`, and `owners.i32`, their numbers sorted by id. `changes.log` is what
came since (`changelog`); for the lists of large groups see `accelerator_files`. Little-endian.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from matching.accelerator import Accelerator
from matching.accelerator_files import read_accelerator, write_accelerator
from matching.arrays import check_file, map_array, write_array, write_bytes
from matching.changelog import CHANGES, header_of
from matching.compacting import Compacted, compacted
from matching.group import Group
from matching.index_errors import IndexDamaged, IndexMismatch
from matching.manifest import MANIFEST, Manifest, read_manifest
from matching.range_lists import RangeLists
from matching.scan import Rows
from matching.slots import Slots
from matching.strings import OwnerTable, StoredStrings
from matching.training import ACCELERATED_ROWS, train

# Files up to this size are read whole and compared with their checksum when an index is opened;
# of larger ones only the size is compared, so that opening stays a matter of milliseconds.
READ_AT_OPENING = 1 << 20


@dataclass(frozen=True)
class StoredIndex:
    """A saved index, mapped: its manifest, owners by number, and the rows by group."""

    manifest: Manifest
    owners: OwnerTable
    groups: dict[int, Group]


def write_index_files(
    directory: Path,
    head: Manifest,
    owners: OwnerTable,
    groups: Mapping[int, Group],
    *,
    accelerates: bool = False,
) -> Manifest:
    """Write beside *directory* and rename; on any failure nothing is left.

    With *accelerates* the lists of large groups are made and written too.
    """
    if directory.exists():
        raise FileExistsError(f"{directory} exists; save to a new directory.")
    beside = directory.with_name(f".{directory.name}.{os.getpid()}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        whole = compacted(owners, groups)
        manifest = _write_into(beside, head, whole)
        if accelerates:
            _accelerate(beside, manifest, groups, whole)
        sync_directory(beside)
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
        check_file(directory / name, size, digest if size <= READ_AT_OPENING else None)
    try:
        return _map(directory, manifest)
    except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
        raise IndexDamaged(f"{directory} cannot be opened ({error}); rebuild it.") from error


def verify_index_files(directory: Path) -> Manifest:
    """Compare every file with its checksum, however long it takes; IndexDamaged where one fails."""
    manifest = read_manifest(directory)
    for name, (size, digest) in manifest.files.items():
        check_file(directory / name, size, digest)
    for group in manifest.groups:
        first = map_array(directory / f"first-{group}.i64")
        read_accelerator(directory, group, first, manifest.identity, whole=True)
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
        "owners.i64": write_array(folder / "owners.i64", [ids.offsets]),
        "owners.txt": write_array(folder / "owners.txt", [ids.blob]),
        "owners.i32": write_array(folder / "owners.i32", [OwnerTable.sorted_order(whole.names)]),
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
            files[name] = write_array(folder / name, arrays)
    rows = {number: len(group.codes) for number, group in whole.groups.items()}
    manifest = replace(head, owners=len(whole.names), groups=rows, files=files)
    write_bytes(folder / MANIFEST, manifest.to_json().encode())
    write_bytes(folder / CHANGES, header_of(manifest.identity))
    return manifest


def _accelerate(
    folder: Path, manifest: Manifest, groups: Mapping[int, Group], whole: Compacted
) -> None:
    for number, rows in manifest.groups.items():
        if rows >= ACCELERATED_ROWS:
            vectors = map_array(folder / f"vectors-{number}.f32").reshape(-1, manifest.dimension)
            previous = groups[number].accelerator
            known = None
            if previous is not None:
                known = whole.groups[number].known(groups[number].sealed, previous.list_of())
            made = train(vectors, previous, known)
            write_accelerator(folder, number, made, vectors, manifest.identity)


def _map(directory: Path, manifest: Manifest) -> StoredIndex:
    owners = OwnerTable(
        StoredStrings(map_array(directory / "owners.i64"), map_array(directory / "owners.txt")),
        map_array(directory / "owners.i32"),
    )
    if len(owners) != manifest.owners:
        raise ValueError("the manifest counts other owners")
    groups = {}
    for number, rows in manifest.groups.items():
        vectors = map_array(directory / f"vectors-{number}.f32").reshape(-1, manifest.dimension)
        items = StoredStrings(
            map_array(directory / f"items-{number}.i64"),
            map_array(directory / f"items-{number}.txt"),
        )
        codes = map_array(directory / f"codes-{number}.i32")
        first = map_array(directory / f"first-{number}.i64")
        if len(vectors) != rows or len(first) != len(owners) + 1:
            raise ValueError(f"group {number} has {len(vectors)} rows, not {rows}")
        by_owner = RangeLists(directory / f"vectors-{number}.f32", first, manifest.dimension)
        slots = Slots.stored(vectors, codes, first, items, by_owner)
        groups[number] = Group(manifest.dimension, slots)
        groups[number].accelerator = _accelerator(directory, number, first, manifest)
    return StoredIndex(manifest, owners, groups)


def _accelerator(
    directory: Path, group: int, first: Rows, manifest: Manifest
) -> Accelerator | None:
    try:
        return read_accelerator(directory, group, first, manifest.identity)
    except IndexDamaged:
        # Searches are right without it; the next merge makes it anew.
        return None
