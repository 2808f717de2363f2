"""Wake the relay after a commit that wrote an outbox entry, so that nobody waits for its next look.

It is a courtesy: where Redis is away, the relay finds the entry by itself when it is back.
"""

from __future__ import annotations

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from virtual_return.db import Database
from virtual_return.jobs.outbox import WRITTEN

KEY = "virtual-return:nudge"
TIMEOUT_S = 0.5


class Nudge:
    """Sends and awaits the signal that there is new work."""

    def __init__(self, redis_url: str) -> None:
        self._sender = Redis.from_url(
            redis_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        )
        self._receiver = Redis.from_url(redis_url, socket_connect_timeout=TIMEOUT_S)

    def send(self) -> None:
        """Leave one signal, however many are sent."""
        try:
            with self._sender.pipeline() as pipeline:
                pipeline.lpush(KEY, 1)
                pipeline.ltrim(KEY, 0, 0)
                pipeline.execute()
        except RedisError:
            pass

    def wait(self, timeout_s: float) -> None:
        """Return at the next signal, or after this long."""
        self._receiver.blpop([KEY], timeout=timeout_s)

    def after_commit(self, session: Session) -> None:
        """Send a signal if the transaction that ended wrote an entry."""
        if session.info.pop(WRITTEN, False):
            self.send()


def install(database: Database, redis_url: str) -> None:
    """Let each commit of this database wake the relay."""
    if redis_url:
        database.on_commit(Nudge(redis_url).after_commit)
