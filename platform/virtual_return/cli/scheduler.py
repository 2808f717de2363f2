"""`virtual-return scheduler`: put what is due into its queue."""

from __future__ import annotations

import os
import time

import click
from redis import Redis

from virtual_return.app import create_app
from virtual_return.background import make_registry
from virtual_return.jobs.schedule import Scheduler


@click.command()
def command() -> None:
    """Start what is due, when it is due. Of several schedulers one leads, the others wait."""
    # Hours in the schedule are UTC, wherever the machine stands.
    os.environ["TZ"] = "UTC"
    time.tzset()
    services = create_app().extensions["services"]
    redis = Redis.from_url(services.redis_url)
    Scheduler(redis, make_registry(services)).lead()
