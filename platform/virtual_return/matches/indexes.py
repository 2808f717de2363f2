"""The two indexes on disk, people and needs: the worker publishes, everybody else reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from matching import locks, merging
from matching.changelog import Change
from matching.generations import Generation, GenerationStore
from matching.index import VectorIndex
from matching.index_errors import StoredIndexError
from models.choices import OwnerKind
from virtual_return.config import Settings
from virtual_return.logs import get_logger
from virtual_return.matches.embeddings import EncoderIdentity

LOOK_EVERY_S = 0.01
# A generation that was replaced is needed by nobody who opens one now.
FORGET_AFTER_S = 300
FOLDERS = {OwnerKind.EXPERT: "people", OwnerKind.NEED: "needs"}


@dataclass(frozen=True, slots=True)
class Served:
    """One generation as a request uses it, from its beginning to its end."""

    index: VectorIndex
    number: int
    # The change number up to which it is current.
    change: int = 0

    @property
    def encoder(self) -> EncoderIdentity:
        """What the vectors of this generation came from."""
        index = self.index
        return EncoderIdentity(index.encoder_name, index.encoder_revision, index.dimension)


class IndexReader:
    """Reads the newest generation of each index; one instance serves all threads of a process."""

    def __init__(self, settings: Settings) -> None:
        self._stores = {kind: GenerationStore(index_folder(settings, kind)) for kind in OwnerKind}
        self._lock = threading.Lock()
        self._missed: set[OwnerKind] = set()

    def current(self, kind: OwnerKind) -> Served | None:
        """Return what is published now, at the cost of one `stat`; None while there is nothing."""
        with self._lock:
            try:
                generation = self._stores[kind].current()
            except StoredIndexError as error:
                self._note(kind, error)
                return None
            self._missed.discard(kind)
        return Served(generation.index, generation.number, generation.change)

    def wait_for(self, kind: OwnerKind, change: int, timeout_s: float) -> Served | None:
        """Return what is published once it includes a change number; None after the timeout.

        So a process that made a change, or heard of one, reads it back.
        """
        until = time.monotonic() + timeout_s
        while True:
            served = self.current(kind)
            if served is not None and served.change >= change:
                return served
            if time.monotonic() > until:
                return None
            time.sleep(LOOK_EVERY_S)

    def _note(self, kind: OwnerKind, error: StoredIndexError) -> None:
        """Log the first of a row of failures: pages ask again at every request."""
        if kind not in self._missed:
            self._missed.add(kind)
            get_logger().warning("index_unusable", kind=kind.value, error=type(error).__name__)


class IndexWriter:
    """Changes the indexes; one process at a time, which `exclusive` sees to."""

    def __init__(self, settings: Settings, encoder: EncoderIdentity) -> None:
        self._stores = {
            kind: GenerationStore(index_folder(settings, kind), encoder.name, encoder.revision)
            for kind in OwnerKind
        }

    def load(self, kind: OwnerKind) -> Generation | None:
        """Return the published generation to go on from; None: build it anew."""
        try:
            return self._stores[kind].current()
        except StoredIndexError as error:
            get_logger().warning("index_to_rebuild", kind=kind.value, error=type(error).__name__)
            return None

    def publish(self, kind: OwnerKind, index: VectorIndex, change: int) -> int:
        """Write a new generation beside the old one and switch to it."""
        return self._stores[kind].publish(index, change)

    def append(self, kind: OwnerKind, changes: Sequence[Change], change: int) -> None:
        """Add changes to the generation in use."""
        self._stores[kind].append(changes, change)


def index_folder(settings: Settings, kind: OwnerKind) -> Path:
    """Return where the generations of one index lie."""
    return settings.data_dir / "index" / FOLDERS[kind]


@contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Let one process of this data folder write, and the others wait for it."""
    folder = settings.data_dir / "index"
    folder.mkdir(parents=True, exist_ok=True)
    with locks.exclusive(folder / "writer.lock"):
        yield


def merge(settings: Settings) -> None:
    """Save each index anew whose changes have grown long; changes go on meanwhile."""
    for kind in OwnerKind:
        store = GenerationStore(index_folder(settings, kind))
        try:
            if merging.needs_merge(store):
                number = merging.merge(store, lambda: exclusive(settings))
                get_logger().info("index_merged", kind=kind.value, generation=number)
            store.forget_replaced(FORGET_AFTER_S)
        except StoredIndexError as error:
            # Whoever refreshes next builds it anew.
            get_logger().warning("index_not_merged", kind=kind.value, error=type(error).__name__)


def problem_of(settings: Settings, kind: OwnerKind) -> str:
    """Return what is wrong with the published index, in one word; nothing if it can be read."""
    try:
        GenerationStore(index_folder(settings, kind)).current()
    except StoredIndexError as error:
        return type(error).__name__
    return ""
