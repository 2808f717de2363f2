"""How many rows were lost, counted over all web processes that one server started."""

from __future__ import annotations

import mmap
import struct
import threading

_NUMBER = struct.Struct("<Q")
# Shared with every process that is forked from this one, which a file or a plain number is not.
# Two processes that lose a row in the same instant may count one: it is a sign, not an account.
_memory = mmap.mmap(-1, _NUMBER.size)
_lock = threading.Lock()


def add(count: int) -> None:
    """Count lost rows."""
    with _lock:
        _NUMBER.pack_into(_memory, 0, total() + count)


def total() -> int:
    """Return how many were lost since the server started."""
    number: int = _NUMBER.unpack_from(_memory, 0)[0]
    return number
