"""Turn a generation and the changes after it into the next one, beside the running writer."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from matching.changelog import CHANGES, bytes_after
from matching.generations import WRITING, Generation, GenerationStore
from matching.locks import exclusive
from matching.training import ACCELERATED_ROWS

# Changed rows are searched one by one and copied by every reader that starts.
MERGE_ROWS = 2_000
MERGE_SHARE = 0.02
MERGE_LOG_BYTES = 64 << 20
# However little has changed: who erased a text must not stand in a file for long.
MERGE_AFTER_S = 3_600

Lock = Callable[[], AbstractContextManager[object]]


def needs_merge(store: GenerationStore) -> bool:
    """Say whether so much has changed since the generation was saved that a new one pays.

    One whose lists are missing is saved anew too, and one with any change after an hour.
    """
    generation = store.current()
    manifest = store.current_manifest()
    saved = manifest.count
    large = sum(rows >= ACCELERATED_ROWS for rows in manifest.groups.values())
    if len(generation.index.accelerators()) < large:
        return True
    index = generation.index
    log = store.folder(generation.number) / CHANGES
    changed = index.open_count + index.dead_count
    if changed and time.time() - store.published_at() > MERGE_AFTER_S:
        return True
    return changed > max(MERGE_ROWS, MERGE_SHARE * saved) or log.stat().st_size > MERGE_LOG_BYTES


def merge(store: GenerationStore, writing: Lock = nullcontext) -> int | None:
    """Save what is in use with its changes as a new generation; return its number.

    *writing* is the lock that every writer holds while it appends or publishes; it is held only
    at the end, for as long as it takes to copy what was appended meanwhile. None when somebody
    else is merging, or published another generation meanwhile, in which case nothing is left.
    """
    with exclusive(store.directory / WRITING, wait=False) as is_alone:
        if not is_alone:
            return None
        before = store.current()
        number = store.next_number()
        before.index.save(store.folder(number), before.change, accelerates=True)
    with writing():
        if store.current_number() != before.number:
            shutil.rmtree(store.folder(number), ignore_errors=True)
            return None
        _carry_over(store, before, store.folder(number))
        store.switch_to(number)
    return number


def _carry_over(store: GenerationStore, before: Generation, folder: Path) -> None:
    """Append to the new log what was appended to the old one since *before* was read."""
    later = bytes_after(store.folder(before.number) / CHANGES, before.log_end)
    with (folder / CHANGES).open("ab") as file:
        file.write(later)
        file.flush()
        os.fsync(file.fileno())
