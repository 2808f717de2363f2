"""`virtual-return dev`: the whole product on one machine, as `make run` starts it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

import click

from virtual_return import migrate
from virtual_return.cli.supervisor import ChildDiedError, Supervisor
from virtual_return.config import ROOT, Settings, SettingsError, load_settings
from virtual_return.db import Database, make_engine
from virtual_return.jobs.outbox import count_waiting
from virtual_return.jobs.redis_server import RedisUnavailableError, ensure_redis

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
WEB_PROCESSES = 2
WEB_THREADS = 4


@click.command()
@click.option("--port", type=int, help="Serve on this port instead of PORT or 8000.")
@click.option("--demo/--no-demo", default=True, help="Load the demonstration where it is missing.")
def command(port: int | None, demo: bool) -> None:
    """Migrate, load the demonstration once, and run web, worker and scheduler until Ctrl-C."""
    began = time.monotonic()
    try:
        settings = load_settings()
        settings = replace(settings, port=port or settings.port)
        refuse_taken_port(settings.port)
        database = prepare(settings, with_demonstration=demo)
        url = ensure_redis(settings.redis_url, settings.data_dir)
    except (SettingsError, RedisUnavailableError) as error:
        raise click.ClickException(str(error)) from error
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    supervisor = Supervisor(environment(settings, url))
    try:
        start_all(supervisor, settings)
        wait_until_served(supervisor, settings.port)
        announce(settings, time.monotonic() - began)
        watch(supervisor, settings, database)
    except KeyboardInterrupt:
        click.echo("\nStopping.")
    except ChildDiedError as error:
        raise click.ClickException(str(error)) from error
    finally:
        supervisor.stop()


def refuse_taken_port(port: int) -> None:
    """Say who is in the way before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} is taken ({error.strerror}). Choose another: make run PORT={port + 1}"
            ) from error


def prepare(settings: Settings, *, with_demonstration: bool) -> Database:
    """Bring the database up to date, and fill it where it is empty."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(make_engine(settings.sqlalchemy_url))
    click.echo("Bringing the database up to date.")
    migrate.upgrade(database.engine)
    return database


def environment(settings: Settings, redis_url: str) -> dict[str, str]:
    """Return what all processes must agree on."""
    shared = {"PORT": str(settings.port), "REDIS_URL": redis_url, "PYTHONUNBUFFERED": "1"}
    if "BASE_URL" not in os.environ:
        shared["BASE_URL"] = f"http://{HOST}:{settings.port}"
    return shared


def start_all(supervisor: Supervisor, settings: Settings) -> None:
    """Start web, worker and scheduler."""
    own = str(Path(sys.executable).parent / "virtual-return")
    supervisor.start(
        "web server",
        [
            sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT), "--preload",
            "--bind", f"{HOST}:{settings.port}", "--workers", str(WEB_PROCESSES),
            "--threads", str(WEB_THREADS), "--log-level", "warning",
        ],
    )  # fmt: skip
    supervisor.start("worker", [own, "worker"])
    supervisor.start("scheduler", [own, "scheduler"])


def wait_until_served(supervisor: Supervisor, port: int) -> None:
    """Return when the first page can be had."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        supervisor.check()
        if is_served(port):
            return
        time.sleep(0.1)
    raise ChildDiedError(f"No page came within {START_TIMEOUT_S:.0f} seconds.")


def is_served(port: int) -> bool:
    """Ask for the liveness page."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def announce(settings: Settings, seconds: float) -> None:
    """Print where to go."""
    address = click.style(f"http://{HOST}:{settings.port}/", bold=True)
    click.echo(f"Virtual Return is at {address} (after {seconds:.1f} s). Ctrl-C stops it.")
    if settings.shows_demonstration:
        click.echo("The sign-in page offers an expert, an institution and a coordinator.")
    if not settings.mail_url:
        click.echo(f"Mail is written to {settings.data_dir / 'mail'}.")


def watch(supervisor: Supervisor, settings: Settings, database: Database) -> None:
    """Keep everything running, and say when background work has caught up."""
    began, caught_up = time.monotonic(), False
    while True:
        supervisor.check()
        ensure_redis(settings.redis_url, settings.data_dir)
        if not caught_up:
            with database.reading() as session:
                waiting = count_waiting(session)
            caught_up = waiting == 0
            if caught_up:
                click.echo(f"Matching has caught up ({time.monotonic() - began:.1f} s).")
        time.sleep(1)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
