"""Structured logs: constant event names, data in fields, ids and never personal data."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from virtual_return.config import Settings

# Fields that may carry personal data never reach a log line, whoever passes them.
FORBIDDEN_FIELDS = frozenset(
    {"email", "name", "address", "subject", "body", "text", "token", "password", "ip"}
)


def _drop_personal_data(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for key in FORBIDDEN_FIELDS & event.keys():
        event[key] = "[removed]"
    return event


def configure_logs(settings: Settings) -> None:
    """Write columns in development and JSON in production, to standard error."""
    production = settings.is_production
    renderer = (
        structlog.processors.JSONRenderer()
        if production
        # A prettier traceback would print what variables hold: names, addresses, whole texts.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if production else _keep,
            _drop_personal_data,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _keep(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return event


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """Return the logger that every module uses."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
