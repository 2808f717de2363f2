"""What can be wrong with a stored index; each message says what to do."""

from __future__ import annotations


class StoredIndexError(RuntimeError):
    """Base of the errors below."""


class IndexMissing(StoredIndexError):
    """There is no index at this place yet."""


class IndexDamaged(StoredIndexError):
    """A file is missing, cut short or changed; rebuild the index from the stored vectors."""


class IndexMismatch(StoredIndexError):
    """The index belongs to another encoder, revision or dimension; rebuild it."""


class IndexVersionUnsupported(StoredIndexError):
    """The index was written in a format that this version does not read; rebuild it."""
