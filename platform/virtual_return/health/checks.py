"""Look at each outside thing once, briefly, and say how it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from virtual_return.matches.service import index_health

PROBE_TIMEOUT_S = 2.0
# Changes that matching may be behind before the index counts as late; ids are not shown.
ACCEPTED_LAG = 1_000


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether people are served without it, and how it is now."""

    name: str
    is_well: bool
    # Without a required part, no page works and a load balancer should look elsewhere.
    is_required: bool
    details: dict[str, str | int | float | None] = field(default_factory=dict)


def check_all(session: Session, redis_url: str) -> list[Check]:
    """Return the state of the database, Redis and the index."""
    database = check_database(session)
    index = (
        check_index(session)
        if database.is_well
        else Check("index", is_well=False, is_required=False)
    )
    return [database, check_redis(redis_url), index]


def check_database(session: Session) -> Check:
    """Ask for one row."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Check("database", is_well=False, is_required=True)
    return Check("database", is_well=True, is_required=True)


def check_redis(redis_url: str) -> Check:
    """Ping; pages work without Redis, and work waits in the outbox meanwhile."""
    if not redis_url:
        return Check("redis", is_well=False, is_required=False)
    client = Redis.from_url(
        redis_url, socket_timeout=PROBE_TIMEOUT_S, socket_connect_timeout=PROBE_TIMEOUT_S
    )
    try:
        is_well = bool(client.ping())
    except RedisError:
        is_well = False
    finally:
        client.close()
    return Check("redis", is_well=is_well, is_required=False)


def check_index(session: Session) -> Check:
    """Compare what the index has with what it should have."""
    state = index_health(session)
    return Check(
        "index",
        is_well=bool(state.generation) and state.lag <= ACCEPTED_LAG,
        is_required=False,
        details={"generation": state.generation, "lag": state.lag},
    )
