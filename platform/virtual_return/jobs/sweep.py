"""Find what was lost: derived state is compared with what it is derived from."""

from __future__ import annotations

from functools import partial

from virtual_return.db import Database
from virtual_return.jobs import claims
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.logs import get_logger

NAME = "sweep"
EVERY_S = 60


def sweep(database: Database, registry: Registry) -> dict[str, int]:
    """Call each finder in a transaction of its own; one that fails does not stop the others."""
    found: dict[str, int] = {}
    for name, finder in registry.finders.items():
        try:
            with database.writing() as session:
                found[name] = finder(session)
        except Exception as error:  # noqa: BLE001 - the others must run, and this one next minute
            get_logger().error("finder_failed", finder=name, exc_info=error)
    lost = {name: count for name, count in found.items() if count}
    if lost:
        get_logger().info("sweep_found", **lost)
    with database.writing() as session:
        claims.prune(session)
    return found


def schedule(registry: Registry, database: Database) -> None:
    """Let the sweep run once a minute."""
    registry.add_periodic(
        NAME, partial(sweep, database, registry), queue=Queue.MAIL, every_s=EVERY_S
    )
