"""Start what is due, when it is due: RQ's cron, filled from the registry at each start."""

from __future__ import annotations

import time

from redis import Redis
from rq.cron import CronScheduler
from rq.exceptions import StopRequested

from virtual_return.jobs.registry import Registry
from virtual_return.jobs.runner import run_periodic
from virtual_return.logs import get_logger

LEADER_KEY = "virtual-return:scheduler"
# Longer than the minute that the scheduler sleeps at most between two signs of life.
LEADER_LASTS_S = 150
LOOK_EVERY_S = 2.0


class Scheduler(CronScheduler):
    """Of several schedulers one leads, the others wait for it to be gone."""

    def __init__(self, redis: Redis, registry: Registry) -> None:
        super().__init__(connection=redis, logging_level="WARNING")
        self._redis = redis
        for periodic in registry.schedule.values():
            self.register(
                run_periodic,
                queue_name=periodic.queue.value,
                args=(periodic.name,),
                interval=periodic.every_s or None,
                cron=periodic.cron or None,
                job_timeout=periodic.timeout_s,
                # A run that nobody took before the next one is due is dropped, not piled up.
                ttl=periodic.every_s or 3600,
                result_ttl=0,
                name=periodic.name,
            )

    def lead(self) -> None:
        """Wait for the lead, then run until told to stop."""
        self._install_signal_handlers()  # type: ignore[no-untyped-call]
        try:
            while not self._take_lead():
                time.sleep(LOOK_EVERY_S)
        except StopRequested:
            return
        get_logger().info("scheduler_leads", entries=len(self.get_jobs()))
        try:
            self.start()  # type: ignore[no-untyped-call]
        finally:
            if self._redis.get(LEADER_KEY) == self.name.encode():
                self._redis.delete(LEADER_KEY)

    def heartbeat(self) -> None:
        """Keep the lead together with RQ's own sign of life."""
        super().heartbeat()
        self._redis.set(LEADER_KEY, self.name, ex=LEADER_LASTS_S)

    def _take_lead(self) -> bool:
        return bool(self._redis.set(LEADER_KEY, self.name, nx=True, ex=LEADER_LASTS_S))
