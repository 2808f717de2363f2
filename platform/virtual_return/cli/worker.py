"""`virtual-return worker`: take from the queues, and relay the outbox into them."""

from __future__ import annotations

import click

from virtual_return.app import create_app
from virtual_return.background import make_registry
from virtual_return.jobs.queues import EVERY_QUEUE, Queue
from virtual_return.jobs.worker import work
from virtual_return.matches.encoders import start_warming_up
from virtual_return.services import Services


@click.command()
@click.option(
    "--queue", "queues", multiple=True, type=click.Choice([queue.value for queue in EVERY_QUEUE]),
    help="Listen to this queue only; may be repeated, the first before the second. All by default.",
)  # fmt: skip
@click.option("--burst", is_flag=True, help="Stop when nothing is left to do.")
def command(queues: tuple[str, ...], burst: bool) -> None:
    """Do background work until told to stop; the job at hand is finished first."""
    app = create_app()
    chosen = [Queue(name) for name in queues] or list(EVERY_QUEUE)
    bound: Services = app.extensions["services"]
    if Queue.INDEX in chosen and not burst:
        start_warming_up(bound.settings)
    work(app, make_registry(bound), chosen, burst=burst)
