"""Move due entries from the outbox into their queues; any number of relays may do so at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RedisQueue
from sqlalchemy.exc import SQLAlchemyError

from virtual_return.db import Database
from virtual_return.jobs import claims
from virtual_return.jobs.claims import Claim
from virtual_return.jobs.nudge import Nudge
from virtual_return.jobs.queues import EVERY_QUEUE, Queue
from virtual_return.jobs.registry import Registry
from virtual_return.jobs.runner import run_entry
from virtual_return.logs import get_logger

# How often it looks when nobody wakes it: entries that were delayed, lost, or written elsewhere.
LOOK_EVERY_S = 0.5
BATCH = 100
# A long queue costs memory in Redis and gains nothing: the rest waits in the database.
LONGEST_QUEUE = 500


class Relay:
    """Hands out entries in small batches, and again what was lost."""

    def __init__(self, database: Database, redis: Redis, registry: Registry) -> None:
        self._database = database
        self._redis = redis
        self._registry = registry
        self._queues = {queue: RedisQueue(queue, connection=redis) for queue in EVERY_QUEUE}

    def run(self, nudge: Nudge, stopped: threading.Event) -> None:
        """Hand out until told to stop; survive the database and Redis being away."""
        while not stopped.is_set():
            try:
                while self.hand_out_due() == BATCH and not stopped.is_set():
                    pass
                nudge.wait(LOOK_EVERY_S)
            except (RedisError, SQLAlchemyError) as error:
                get_logger().warning("relay_interrupted", error=type(error).__name__)
                stopped.wait(LOOK_EVERY_S)

    def hand_out_due(self) -> int:
        """Hand out one batch. Return how many entries were looked at."""
        jobs = self._jobs_with_room()
        with self._database.reading() as session:
            if not claims.due(session, jobs, 1):
                return 0
        with self._database.writing() as session:
            seen = claims.due(session, jobs, BATCH)
            still_queued = [claim for claim in seen if self._is_queued(claim)]
            for claim in still_queued:
                claims.renew(session, claim)
            others = [claim for claim in seen if claim not in still_queued]
            won = [claim for claim in (claims.hand_out(session, one) for one in others) if claim]
        self._put(won)
        return len(seen)

    def _jobs_with_room(self) -> list[str]:
        with_room = [queue for queue in EVERY_QUEUE if self._queues[queue].count < LONGEST_QUEUE]
        return [name for queue in with_room for name in self._registry.names_in(queue)]

    def _is_queued(self, claim: Claim) -> bool:
        """Return whether the latest attempt still waits its turn: then nothing was lost."""
        if claim.attempt == 0:
            return False
        queue = self._queue_of(claim)
        return self._redis.lpos(queue.key, claim.queue_id) is not None

    def _put(self, won: Sequence[Claim]) -> None:
        """Fill the queues after the commit; what cannot be put there is offered again."""
        for position, claim in enumerate(won):
            try:
                self._queue_of(claim).enqueue(
                    run_entry,
                    args=(claim.entry_id, claim.attempt),
                    job_id=claim.queue_id,
                    job_timeout=self._registry.jobs[claim.job].timeout_s,
                    result_ttl=0,
                    failure_ttl=3600,
                )
            except RedisError:
                with self._database.writing() as session:
                    for rest in won[position:]:
                        claims.take_back(session, rest)
                raise

    def _queue_of(self, claim: Claim) -> RedisQueue:
        queue: Queue = self._registry.jobs[claim.job].queue
        return self._queues[queue]
