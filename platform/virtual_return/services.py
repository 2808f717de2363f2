"""The collaborators that are chosen once, at start, and used everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from virtual_return.config import Settings
from virtual_return.db import Database
from virtual_return.mail import Transport


@dataclass(frozen=True, slots=True)
class Services:
    """What `create_app` bound; nothing here is made at import."""

    settings: Settings
    database: Database
    # Empty where no Redis is at hand: background work then waits in the outbox.
    redis_url: str
    transport: Transport


def install(app: Flask, services: Services) -> None:
    """Remember the services of an application."""
    app.extensions["services"] = services


def services() -> Services:
    """Return the services of the current application."""
    return cast(Services, current_app.extensions["services"])
