"""Run migrations with the application's own engine and settings."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection, Enum

from models import Base
from models.types import TZDateTime
from virtual_return.config import load_settings
from virtual_return.db import make_engine


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write plain column types into migrations, so that they never depend on today's models."""
    if kind == "type" and isinstance(item, TZDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def run(connection: Connection) -> None:
    """Migrate over one connection, in one transaction where the database can."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_item=render_item,
        # SQLite cannot alter a column: Alembic copies the table instead.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations() -> None:
    """Use the connection that the caller hands over, or open one from the settings."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.sqlalchemy_url).execution_options(writes=True)
    with engine.connect() as connection:
        run(connection)
        connection.commit()


run_migrations()
