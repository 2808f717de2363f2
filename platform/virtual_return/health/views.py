"""Answers for load balancers and monitoring."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from virtual_return.health import metrics as figures
from virtual_return.health.checks import check_all
from virtual_return.services import services
from virtual_return.transaction import current_session


def alive() -> ResponseReturnValue:
    """Say that this process answers; nothing else is asked."""
    return jsonify(status="alive")


def ready() -> ResponseReturnValue:
    """Say how the database, Redis and the index are; 503 only where no page would work."""
    checks = check_all(current_session(), services().redis_url)
    usable = all(check.is_well for check in checks if check.is_required)
    all_well = all(check.is_well for check in checks)
    answer = jsonify(
        status="ready" if all_well else ("degraded" if usable else "unavailable"),
        checks={check.name: {"well": check.is_well, **check.details} for check in checks},
    )
    return answer, 200 if usable else 503


def metrics() -> ResponseReturnValue:
    """Serve figures to whoever holds the token, or to loopback where there is none."""
    settings = services().settings
    if not settings.metrics or not _may_read(settings.metrics_token):
        abort(404)
    return Response(figures.render(current_session()), content_type=CONTENT_TYPE_LATEST)


def _may_read(token: str) -> bool:
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
