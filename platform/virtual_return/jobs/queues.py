"""The queues, in the order in which a worker empties them."""

from __future__ import annotations

from enum import StrEnum


class Queue(StrEnum):
    """What waits for what: a sign-in link never waits for a thousand embeddings."""

    MAIL = "mail"
    INDEX = "index"
    DIGEST = "digest"


EVERY_QUEUE = tuple(Queue)
