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
from sqlalchemy import func, select

from models import Embedding
from virtual_return import demo, migrate
from virtual_return.cli.supervisor import ChildDiedError, Supervisor
from virtual_return.config import ROOT, Settings, SettingsError, load_settings
from virtual_return.db import Database, make_engine
from virtual_return.jobs.changes import REFRESH
from virtual_return.jobs.outbox import count_waiting
from virtual_return.jobs.redis_server import RedisUnavailableError, ensure_redis
from virtual_return.matches.health import state_of

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
TELL_EVERY_S = 10.0
WEB_PROCESSES = 2
WEB_THREADS = 4
CAUGHT_UP = "Matching has caught up."


@click.command()
@click.option("--port", type=int, help="Serve on this port instead of PORT or 8000.")
@click.option(
    "--demo/--no-demo",
    "with_demo",
    default=True,
    help="Load the demonstration where it is missing; never in production.",
)
def command(port: int | None, with_demo: bool) -> None:
    """Migrate, load the demonstration once, and run web, worker and scheduler until Ctrl-C."""
    began = time.monotonic()
    try:
        settings = load_settings()
        settings = replace(settings, port=port or settings.port)
        refuse_taken_port(settings.port)
        database = prepare(settings, with_demonstration=with_demo)
        url = ensure_redis(settings.redis_url, settings.data_dir)
    except (SettingsError, RedisUnavailableError) as error:
        raise click.ClickException(str(error)) from error
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    supervisor = Supervisor(environment(settings, url))
    try:
        start_web(supervisor, settings.port)
        wait_until_served(supervisor, settings.port)
        # Only now, so that the first page need not share the processors with them.
        start_background(supervisor)
        announce(settings, time.monotonic() - began, with_demonstration=with_demo)
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
    if with_demonstration and settings.shows_demonstration:
        load_demonstration(database, settings)
    return database


def load_demonstration(database: Database, settings: Settings) -> None:
    """Fill the database once."""
    with database.reading() as session:
        if demo.is_loaded(session):
            return
    click.echo("Loading the demonstration programme, once.")
    with database.writing() as session:
        demo.load_demonstration(session, settings)


def environment(settings: Settings, redis_url: str) -> dict[str, str]:
    """Return what all processes must agree on."""
    shared = {
        "PORT": str(settings.port),
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
        # The bars of loading models would tear the messages of all processes apart.
        "TQDM_DISABLE": "1",
    }
    if "BASE_URL" not in os.environ:
        shared["BASE_URL"] = f"http://{HOST}:{settings.port}"
    return shared


def start_web(supervisor: Supervisor, port: int) -> None:
    """Start gunicorn as a deployment would, only smaller."""
    supervisor.start(
        "web server",
        [
            sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT), "--preload",
            "--bind", f"{HOST}:{port}", "--workers", str(WEB_PROCESSES),
            "--threads", str(WEB_THREADS), "--log-level", "warning",
        ],
    )  # fmt: skip


def start_background(supervisor: Supervisor) -> None:
    """Start workers and scheduler; no sign-in link waits for the reading of many texts."""
    own = str(Path(sys.executable).parent / "virtual-return")
    supervisor.start("mail worker", [own, "worker", "--queue", "mail", "--queue", "digest"])
    supervisor.start("index worker", [own, "worker", "--queue", "index"])
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


def announce(settings: Settings, seconds: float, *, with_demonstration: bool) -> None:
    """Print where to go."""
    address = click.style(f"http://{HOST}:{settings.port}/", bold=True)
    click.echo(f"Virtual Return is at {address} (after {seconds:.1f} s). Ctrl-C stops it.")
    if with_demonstration:
        click.echo(f"People to sign in as, one click each, at {address}sign-in:")
        for _, label in demo.DEMO_SIGN_INS:
            click.echo(f"  - {label}")
    if not settings.mail_url:
        click.echo(f"Mail is written to {settings.data_dir / 'mail'}.")


def watch(supervisor: Supervisor, settings: Settings, database: Database) -> None:
    """Keep everything running, and say how far matching is until it has caught up."""
    began = time.monotonic()
    said, said_at = "", began
    while True:
        supervisor.check()
        ensure_redis(settings.redis_url, settings.data_dir)
        news = said if said == CAUGHT_UP else progress(database)
        if news != said and (news == CAUGHT_UP or time.monotonic() - said_at > TELL_EVERY_S):
            said, said_at = news, time.monotonic()
            click.echo(f"{news} ({said_at - began:.0f} s)")
        time.sleep(1)


def progress(database: Database) -> str:
    """Say in a sentence how far matching is."""
    with database.reading() as session:
        is_behind, is_busy = state_of(session).lag > 0, count_waiting(session, [REFRESH]) > 0
    if is_behind:
        return f"Matching is catching up: {owners_read(database)} profiles and needs read."
    if is_busy:
        return "Everybody is ranked; the sentences that explain are being read."
    return CAUGHT_UP


def owners_read(database: Database) -> int:
    """Return of how many profiles and needs there are vectors."""
    owners = select(Embedding.owner_kind, Embedding.owner_id).distinct().subquery()
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(owners)) or 0


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
