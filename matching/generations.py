"""Generations of an index on disk: one process publishes, others pick up the newest.

The directory holds one folder for each generation and a file `current` that names one of them.
The file is replaced in one step, so a reader sees the old generation or the new one, and a crash
at any moment leaves the old one in use. Between generations, changes are appended to the log of
the one in use; `merging` turns both into the next generation.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from matching.changelog import CHANGES, Change, Record, append_record, header_of, read_records
from matching.index import VectorIndex
from matching.index_errors import IndexDamaged, IndexMissing
from matching.index_files import sync_directory
from matching.locks import exclusive
from matching.manifest import Manifest, read_manifest

CURRENT = "current"
# Held by whoever writes a folder that has no name yet, so that nobody clears it away.
WRITING = ".writing"
KEPT = 2
LOOK_EVERY_S = 0.005
_NAME = re.compile(r"generation-(\d{9})")

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Generation:
    """One published index with its number and the change up to which it is current.

    `identity` and `log_end` say how far its log has been read. The index is shared by all who
    hold the generation: search it, and change only a `fork`.
    """

    number: int
    change: int
    index: VectorIndex
    identity: str
    log_end: int


class GenerationStore:
    """Publishes and reads generations in one directory, for one encoder.

    With `encoder_name` and `encoder_revision` given, a generation of another encoder raises
    IndexMismatch.
    """

    def __init__(
        self, directory: Path, encoder_name: str | None = None, encoder_revision: str | None = None
    ) -> None:
        self.directory = directory
        self.encoder_name = encoder_name
        self.encoder_revision = encoder_revision
        self._loaded: Generation | None = None
        self._stamps: tuple[Stamp, Stamp] | None = None
        # Of the log that this store appended to: whose it is, and where it ends.
        self._appended: tuple[str, int] = ("", 0)

    def publish(self, index: VectorIndex, change: int = 0) -> int:
        """Write *index* beside the generation in use, switch to it, and return its number.

        Older ones beyond the last two are deleted. To be called by one process at a time.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with exclusive(self.directory / WRITING):
            number = self.next_number()
            index.save(self.folder(number), change)
        self.switch_to(number)
        return number

    def append(self, changes: Iterable[Change], change: int) -> None:
        """Add changes to the generation in use; readers see all of them at their next look.

        *change* is the change number that is reached with them. To be called by one process at a
        time; raises what `current` raises.
        """
        folder = self._existing(self.current_number())
        identity = read_manifest(folder).identity
        record = Record(change, tuple(changes))
        end = self._appended[1] if self._appended[0] == identity else 0
        self._appended = identity, append_record(folder / CHANGES, record, identity, end)

    def current(self) -> Generation:
        """Return what is in use, reading only what has changed since the last call.

        A call that finds nothing new costs two `stat`. Raises what `VectorIndex.load` raises;
        a generation returned before stays in use by whoever holds it.
        """
        while True:
            stamp = _stamp_of(self.directory / CURRENT)
            if stamp is None:
                raise IndexMissing(f"Nothing was published in {self.directory} yet.")
            try:
                return self._caught_up(stamp)
            except IndexDamaged:
                # A slow reader may find its generation pruned: then there is a newer one by now.
                if stamp == _stamp_of(self.directory / CURRENT):
                    raise

    def wait_for(self, change: int, timeout_s: float) -> Generation | None:
        """Return what is in use once it includes change number *change*; None after the timeout."""
        until = time.monotonic() + timeout_s
        while True:
            generation = self.current()
            if generation.change >= change:
                return generation
            if time.monotonic() > until:
                return None
            time.sleep(LOOK_EVERY_S)

    def refresh(self) -> bool:
        """Pick up what is new if there is anything; return whether there was."""
        before = self._loaded
        return self.current() is not before

    def current_number(self) -> int:
        """Return the number in the file `current`; IndexMissing without one."""
        try:
            named = (self.directory / CURRENT).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise IndexMissing(f"Nothing was published in {self.directory} yet.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"{self.directory / CURRENT} cannot be read: {error}") from error
        found = _NAME.fullmatch(named)
        if found is None:
            raise IndexDamaged(f"{self.directory / CURRENT} names no generation; rebuild.")
        return int(found.group(1))

    def current_manifest(self) -> Manifest:
        """Return the manifest of the generation in use without opening its vectors."""
        return read_manifest(self._existing(self.current_number()))

    def published_at(self) -> float:
        """Return when the generation in use was switched to, in seconds since 1970."""
        stamp = _stamp_of(self.directory / CURRENT)
        return stamp[1] / 1e9 if stamp else 0.0

    def forget_replaced(self, after_s: float) -> None:
        """Delete every other generation once the one in use has been so for *after_s* seconds.

        They hold what was erased since; whoever has one mapped keeps it until it lets go.
        """
        current = self.current_number()
        if time.time() - self.published_at() > after_s:
            with exclusive(self.directory / WRITING, wait=False) as is_alone:
                for number in self._numbers() if is_alone else ():
                    if number != current:
                        shutil.rmtree(self.folder(number), ignore_errors=True)

    def folder(self, number: int) -> Path:
        """Return where a generation lies."""
        return self.directory / f"generation-{number:09d}"

    def next_number(self) -> int:
        """Return a number that no folder has."""
        return max(self._numbers(), default=0) + 1

    def switch_to(self, number: int) -> None:
        """Let readers use a generation that is written, and clear away what is old."""
        beside = self.directory / f".{CURRENT}.{os.getpid()}.part"
        with beside.open("w", encoding="ascii") as file:
            file.write(self.folder(number).name + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.directory / CURRENT)
        sync_directory(self.directory)
        self._prune(number)

    def _caught_up(self, stamp: Stamp) -> Generation:
        loaded = self._loaded
        if loaded is None or self._stamps is None or self._stamps[0] != stamp:
            loaded = self._opened(self.current_number())
        elif self._stamps[1] == _stamp_of(self.folder(loaded.number) / CHANGES):
            return loaded
        # Looked at before the log is read: what is appended meanwhile is seen at the next call.
        log_stamp = _stamp_of(self.folder(loaded.number) / CHANGES) or (0, 0, 0)
        self._loaded = self._with_changes(loaded)
        self._stamps = stamp, log_stamp
        return self._loaded

    def _opened(self, number: int) -> Generation:
        folder = self._existing(number)
        manifest = read_manifest(folder)
        index = VectorIndex.load(folder, self.encoder_name, self.encoder_revision)
        identity = manifest.identity
        return Generation(number, manifest.change, index, identity, len(header_of(identity)))

    def _with_changes(self, found: Generation) -> Generation:
        """Return the generation with what its log has more, the same one if that is nothing."""
        path = self.folder(found.number) / CHANGES
        index = found.index
        records, end = read_records(path, found.log_end, index.dimension, found.identity)
        if not records:
            return found
        if any(record.changes for record in records):
            index = index.fork()
            for record in records:
                index.apply(record.changes)
        return Generation(found.number, records[-1].number, index, found.identity, end)

    def _existing(self, number: int) -> Path:
        folder = self.folder(number)
        if not folder.is_dir():
            raise IndexDamaged(f"{folder} is named as the current index but missing; rebuild.")
        return folder

    def _prune(self, newest: int) -> None:
        """Delete old generations and what crashed writers left; a mapped file stays readable."""
        for number in self._numbers():
            if number <= newest - KEPT:
                shutil.rmtree(self.folder(number), ignore_errors=True)
        with exclusive(self.directory / WRITING, wait=False) as is_alone:
            for path in self.directory.glob(".*.part") if is_alone else ():
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(True)

    def _numbers(self) -> list[int]:
        names = (_NAME.fullmatch(path.name) for path in self.directory.iterdir())
        return sorted(int(found.group(1)) for found in names if found)


def _stamp_of(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
