"""Changes since an index was saved, appended to one file beside it.

After a header that names the index, each record is its length and CRC-32 (uint32 each), then a
JSON text behind its own length, then the vectors of all its changes as float32. A record is
written with one call and counts when it is whole, so a reader sees all of a change or nothing of
it, and a crash at any byte leaves every record before. Little-endian.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.index_errors import IndexDamaged
from matching.vectors import Float32, ItemVectors

CHANGES = "changes.log"
MAGIC = b"VR-LOG\x02\n"
_FRAME = struct.Struct("<II")
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True)
class Change:
    """What an owner has from now on; no rows: the owner has gone."""

    owner: str
    rows: ItemVectors | None


@dataclass(frozen=True)
class Record:
    """Changes that become visible together, and the change number that is reached with them."""

    number: int
    changes: tuple[Change, ...]


def header_of(identity: str) -> bytes:
    """Return what a log begins with; *identity* is the checksum of the index's manifest."""
    return MAGIC + identity.encode("ascii")


def append_record(path: Path, record: Record, identity: str, end: int = 0) -> int:
    """Write a record behind the last whole one, to the disk, and return where the log ends.

    What a crash left half written is cut off. One process at a time; *end* is where its last
    record ended, which spares looking for it.
    """
    content = _encoded(record)
    frame = _FRAME.pack(len(content), zlib.crc32(content))
    with path.open("r+b") as file:
        if os.fstat(file.fileno()).st_size != end:
            end = _end_of(file.read(), identity, path)
        file.truncate(end)
        file.seek(end)
        file.write(frame + content)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def read_records(path: Path, start: int, dimension: int, identity: str) -> tuple[list[Record], int]:
    """Return the whole records from byte *start* on (0: all), and where they end.

    IndexDamaged when the file is missing or belongs to another index.
    """
    head = header_of(identity)
    try:
        with path.open("rb") as file:
            if file.read(len(head)) != head:
                raise IndexDamaged(f"{path} is the log of another index; rebuild the index.")
            start = max(start, len(head))
            file.seek(start)
            content = file.read()
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be read ({error}); rebuild the index.") from error
    records, end = [], start
    for begin, stop in _frames(content):
        records.append(_decoded(content[begin:stop], dimension, path))
        end = start + stop
    return records, end


def bytes_after(path: Path, start: int) -> bytes:
    """Return the whole records from byte *start* on as they stand in the file."""
    with path.open("rb") as file:
        file.seek(start)
        content = file.read()
    return content[: max((stop for _, stop in _frames(content)), default=0)]


def _end_of(content: bytes, identity: str, path: Path) -> int:
    head = header_of(identity)
    if not content.startswith(head):
        raise IndexDamaged(f"{path} is the log of another index; rebuild the index.")
    return len(head) + max((stop for _, stop in _frames(content[len(head) :])), default=0)


def _frames(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the content of each whole record begins and ends, up to the first that is not."""
    at = 0
    while at + _FRAME.size <= len(content):
        length, checksum = _FRAME.unpack_from(content, at)
        begin, stop = at + _FRAME.size, at + _FRAME.size + length
        if stop > len(content) or zlib.crc32(content[begin:stop]) != checksum:
            return
        yield begin, stop
        at = stop


def _encoded(record: Record) -> bytes:
    named = [
        [change.owner, None if change.rows is None else list(change.rows.items)]
        for change in record.changes
    ]
    text = json.dumps({"number": record.number, "changes": named}, ensure_ascii=False).encode()
    vectors = [
        np.ascontiguousarray(change.rows.vectors, dtype="<f4").tobytes()
        for change in record.changes
        if change.rows is not None
    ]
    return b"".join([_LENGTH.pack(len(text)), text, *vectors])


def _decoded(content: bytes, dimension: int, path: Path) -> Record:
    try:
        (length,) = _LENGTH.unpack_from(content)
        stored = json.loads(content[_LENGTH.size : _LENGTH.size + length])
        flat = np.frombuffer(content, dtype="<f4", offset=_LENGTH.size + length)
        vectors = flat.reshape(-1, dimension)
        return Record(int(stored["number"]), tuple(_changes(stored["changes"], vectors)))
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise IndexDamaged(f"{path} holds a record that is none; rebuild the index.") from error


def _changes(named: Sequence[tuple[str, list[str] | None]], vectors: Float32) -> Iterator[Change]:
    at = 0
    for owner, items in named:
        if items is None:
            yield Change(owner, None)
            continue
        yield Change(owner, ItemVectors(tuple(items), vectors[at : at + len(items)]))
        at += len(items)
    if at != len(vectors):
        raise ValueError("other vectors than items")
