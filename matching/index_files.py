"""The files of a saved index: written beside and renamed into place, checked when read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import faiss

from matching.index_errors import (
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexVersionUnsupported,
)
from matching.segment import Segment
from matching.similarity import Similarity, similarity_from_dict

if TYPE_CHECKING:
    from matching.index import VectorIndex

FORMAT = 1
MANIFEST = "manifest.json"
KEYS = "keys.json"


@dataclass(frozen=True)
class Manifest:
    """What is known of a saved index without opening its vectors.

    `files` maps each file's name to its size in bytes and SHA-256; `count` is the number of
    vectors; `change` the caller's change number up to which they are current.
    """

    encoder_name: str
    encoder_revision: str
    dimension: int
    count: int
    owners: int
    change: int
    similarity: Similarity
    files: Mapping[str, tuple[int, str]]

    def to_json(self) -> str:
        values = {
            "format": FORMAT,
            "encoder": {"name": self.encoder_name, "revision": self.encoder_revision},
            "dimension": self.dimension,
            "count": self.count,
            "owners": self.owners,
            "change": self.change,
            "similarity": self.similarity.to_dict(),
            "files": {n: {"bytes": b, "sha256": h} for n, (b, h) in sorted(self.files.items())},
        }
        return json.dumps(values, indent=1, sort_keys=True) + "\n"


@dataclass(frozen=True)
class StoredIndex:
    """A saved index, mapped: its manifest, owner ids by code, and the rows by group."""

    manifest: Manifest
    owners: tuple[str, ...]
    segments: dict[int, Segment]


def write_index_files(directory: Path, index: VectorIndex, change: int) -> Manifest:
    """Write *index* beside *directory* and rename; on any failure nothing is left."""
    if directory.exists():
        raise FileExistsError(f"{directory} exists; save to a new directory.")
    beside = directory.with_name(f".{directory.name}.{os.getpid()}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        manifest = _write_into(beside, index, change)
        beside.rename(directory)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync_directory(directory.parent)
    return manifest


def read_manifest(directory: Path) -> Manifest:
    """Read and check the manifest alone; the errors are those of `VectorIndex.load`."""
    path = directory / MANIFEST
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IndexMissing(f"There is no index in {directory}; build one.") from None
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read ({error}); rebuild the index.") from error
    found = stored.get("format") if isinstance(stored, dict) else None
    if found != FORMAT:
        raise IndexVersionUnsupported(
            f"{path} has format {found!r}, this version reads {FORMAT}; rebuild the index."
        )
    try:
        return _manifest_of(stored)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IndexDamaged(f"{path} is incomplete ({error!r}); rebuild the index.") from error


def read_index_files(
    directory: Path, encoder_name: str | None, encoder_revision: str | None
) -> StoredIndex:
    """Check the manifest and every file, then map the vectors."""
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
        _check_file(directory / name, size, digest)
    try:
        return _map(directory, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, OSError, RuntimeError) as error:
        raise IndexDamaged(f"{directory} cannot be opened ({error}); rebuild it.") from error


def sync_directory(directory: Path) -> None:
    """Make a rename in *directory* survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_into(folder: Path, index: VectorIndex, change: int) -> Manifest:
    rows = {}
    for group, segment in index.segments.items():
        faiss.write_index(segment.index, str(folder / _rows_name(group)))
        rows[str(group)] = {"owner": segment.owner_codes, "item": segment.items}
    owners = list(index.all_owners)
    keys = json.dumps({"owners": owners, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    (folder / KEYS).write_text(keys, encoding="utf-8")
    manifest = Manifest(
        index.encoder_name,
        index.encoder_revision,
        index.dimension,
        len(index),
        len(index.owners()),
        change,
        index.similarity,
        {path.name: (path.stat().st_size, _digest(path)) for path in folder.iterdir()},
    )
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_directory(folder)
    return manifest


def _manifest_of(stored: dict[str, dict[str, dict[str, object]]]) -> Manifest:
    encoder, files = stored["encoder"], stored["files"]
    numbers = [stored[name] for name in ("dimension", "count", "owners", "change")]
    if not all(isinstance(number, int) for number in numbers):
        raise ValueError("a count is not a number")
    dimension, count, owners, change = (int(str(number)) for number in numbers)
    return Manifest(
        str(encoder["name"]),
        str(encoder["revision"]),
        dimension,
        count,
        owners,
        change,
        similarity_from_dict(stored["similarity"]),
        {str(n): (int(str(v["bytes"])), str(v["sha256"])) for n, v in files.items()},
    )


def _check_file(path: Path, size: int, digest: str) -> None:
    if not path.is_file():
        raise IndexDamaged(f"{path} is missing; rebuild the index.")
    if path.stat().st_size != size:
        raise IndexDamaged(f"{path} has {path.stat().st_size} bytes, not {size}; rebuild it.")
    if _digest(path) != digest:
        raise IndexDamaged(f"{path} does not have the checksum of the manifest; rebuild it.")


def _map(directory: Path, manifest: Manifest) -> StoredIndex:
    keys = json.loads((directory / KEYS).read_text(encoding="utf-8"))
    owners = tuple(str(owner) for owner in keys["owners"])
    segments: dict[int, Segment] = {}
    for group, rows in keys["rows"].items():
        codes, items = rows["owner"], rows["item"]
        segment = Segment.read(directory / _rows_name(int(group)), codes, items)
        fits = segment.index.ntotal == len(codes) == len(items)
        if not fits or segment.dimension != manifest.dimension:
            raise ValueError(f"group {group} has {segment.index.ntotal} vectors")
        segments[int(group)] = segment
    if sum(len(segment.items) for segment in segments.values()) != manifest.count:
        raise ValueError("the manifest counts other rows")
    return StoredIndex(manifest, owners, segments)


def _rows_name(group: int) -> str:
    return f"rows-{group}.faiss"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
