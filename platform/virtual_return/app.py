"""Make the application: a list of named steps, the one place that chooses implementations."""

from __future__ import annotations

from flask import Flask
from whitenoise import WhiteNoise

from virtual_return import (
    accounts,
    coordination,
    digests,
    engagements,
    errors,
    experts,
    health,
    i18n,
    institutions,
    matches,
    needs,
    outcomes,
    partners,
    public,
    security,
    services,
    templating,
    transaction,
)
from virtual_return.accounts.acting import may
from virtual_return.addresses import absolute_url
from virtual_return.config import ROOT, Settings, load_settings
from virtual_return.db import Database, make_engine
from virtual_return.demo.sign_ins import DEMO_SIGN_INS
from virtual_return.jobs import nudge
from virtual_return.jobs.redis_server import RedisUnavailableError, ensure_redis
from virtual_return.logs import configure_logs, get_logger
from virtual_return.mail import make_transport
from virtual_return.services import Services

# Each capability, in the order in which addresses are looked up.
CAPABILITIES = (
    public,
    accounts,
    experts,
    institutions,
    needs,
    matches,
    engagements,
    digests,
    coordination,
    partners,
    health,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return an application; it asks the database nothing before the first request."""
    settings = settings or load_settings()
    configure_logs(settings)
    app = Flask(
        "virtual_return",
        root_path=str(ROOT / "platform" / "virtual_return"),
        static_folder=str(ROOT / "static"),
        static_url_path="/static",
    )
    _bind_services(app, settings)
    security.install(app, settings, services_of(app).redis_url)
    i18n.install(app)
    templating.install(app)
    errors.install(app)
    accounts.install(app)
    outcomes.install()
    accounts.offer_demo_sign_ins(app, DEMO_SIGN_INS)
    app.jinja_env.globals.update(absolute_url=absolute_url, may=may)
    for capability in CAPABILITIES:
        app.register_blueprint(capability.blueprint)
    _serve_static_files(app)
    return app


def services_of(app: Flask) -> Services:
    """Return the services that were bound to an application."""
    bound: Services = app.extensions["services"]
    return bound


def _bind_services(app: Flask, settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(make_engine(settings.sqlalchemy_url))
    redis_url = _find_redis(settings)
    nudge.install(database, redis_url)
    transaction.install(app, database)
    services.install(
        app,
        Services(
            settings=settings,
            database=database,
            redis_url=redis_url,
            transport=make_transport(settings),
        ),
    )


def _find_redis(settings: Settings) -> str:
    """Return the URL of a Redis that runs; without one, work waits in the outbox."""
    if settings.redis_url or settings.environment == "test":
        return settings.redis_url
    try:
        return ensure_redis(settings.redis_url, settings.data_dir)
    except RedisUnavailableError as error:
        get_logger().warning("redis_unavailable", remedy=str(error))
        return ""


def _serve_static_files(app: Flask) -> None:
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(ROOT / "static"), prefix="static/", max_age=3600
    )
