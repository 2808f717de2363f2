"""Generations of an index on disk: one process publishes, others pick up the newest.

The directory holds one folder for each generation and a file `current` that names one of them.
The file is replaced in one step, so a reader sees the old generation or the new one, and a crash
at any moment leaves the old one in use.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from matching.index import VectorIndex
from matching.index_errors import IndexDamaged, IndexMissing
from matching.index_files import sync_directory
from matching.manifest import Manifest, read_manifest

CURRENT = "current"
KEPT = 2
_NAME = re.compile(r"generation-(\d{9})")

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Generation:
    """One published index with its number and the change up to which it is current."""

    number: int
    change: int
    index: VectorIndex


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
        self._stamp: Stamp | None = None

    def publish(self, index: VectorIndex, change: int = 0) -> int:
        """Write *index* beside the generation in use, switch to it, and return its number.

        Older ones beyond the last two are deleted. To be called by one process at a time.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        number = max(self._numbers(), default=0) + 1
        index.save(self._folder(number), change)
        self._point_to(number)
        self._prune(number)
        return number

    def current(self) -> Generation:
        """Return the generation in use, reading it only when it has changed since the last call.

        A call that finds nothing new costs one `stat`. Raises what `VectorIndex.load` raises;
        a generation read before stays in use by whoever holds it.
        """
        stamp = self._stamp_now()
        while self._loaded is None or stamp != self._stamp:
            try:
                self._loaded = self._load(self.current_number())
                self._stamp = stamp
            except IndexDamaged:
                # A slow reader may find its generation pruned: then there is a newer one by now.
                now = self._stamp_now()
                if now == stamp:
                    raise
                stamp = now
        return self._loaded

    def refresh(self) -> bool:
        """Pick up a newer generation if there is one; return whether there was."""
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

    def _load(self, number: int) -> Generation:
        folder = self._existing(number)
        change = read_manifest(folder).change
        index = VectorIndex.load(folder, self.encoder_name, self.encoder_revision)
        return Generation(number, change, index)

    def _existing(self, number: int) -> Path:
        folder = self._folder(number)
        if not folder.is_dir():
            raise IndexDamaged(f"{folder} is named as the current index but missing; rebuild.")
        return folder

    def _stamp_now(self) -> Stamp:
        try:
            found = (self.directory / CURRENT).stat()
        except FileNotFoundError:
            raise IndexMissing(f"Nothing was published in {self.directory} yet.") from None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _point_to(self, number: int) -> None:
        beside = self.directory / f".{CURRENT}.{os.getpid()}.part"
        with beside.open("w", encoding="ascii") as file:
            file.write(self._folder(number).name + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.directory / CURRENT)
        sync_directory(self.directory)

    def _prune(self, newest: int) -> None:
        """Delete old generations and what crashed writers left; a mapped file stays readable."""
        for number in self._numbers():
            if number <= newest - KEPT:
                shutil.rmtree(self._folder(number), ignore_errors=True)
        for path in self.directory.glob(".*.part"):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(True)

    def _numbers(self) -> list[int]:
        names = (_NAME.fullmatch(path.name) for path in self.directory.iterdir())
        return sorted(int(found.group(1)) for found in names if found)

    def _folder(self, number: int) -> Path:
        return self.directory / f"generation-{number:09d}"
