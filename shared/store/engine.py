"""Engine of Tandem's own database: PostgreSQL in production, one SQLite file a service by default.

SQLite runs in WAL mode with ``BEGIN IMMEDIATE``: a deferred transaction that reads and then writes fails with
"database is locked" under concurrency. Never wait for the network inside a transaction.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.config import StoreSettings
from shared.sqlite import SETUP, creator

_READING = "tandem_reading"


def open_store(settings: StoreSettings, service: str) -> AsyncEngine:
    """Engine for one service's tables.

    Args:
        settings: the URL; ``{service}`` in it becomes the service's name.
        service: e.g. ``mapping``.
    """
    url = make_url(settings.url.get_secret_value().replace("{service}", service))
    if url.get_backend_name() == "sqlite":
        return sqlite_engine(str(url.database))
    return create_async_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=5, hide_parameters=True)


def sqlite_engine(path: str) -> AsyncEngine:
    """Engine for one SQLite file, made with its folder if it does not exist."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        connect_args={"async_creator_fn": creator(path, 30)},
        hide_parameters=True,
        # One file has one writer. Waiting for it in line costs nothing; waiting in SQLite's busy handler, which
        # sleeps for up to 100 ms, makes five tasks ten times slower than one.
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
    )
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that only reads: one snapshot, and on SQLite without taking the writers' lock.

    On SQLite a write inside it fails at once or, worse, under concurrency only ("database is locked").
    """
    async with engine.connect() as connection:
        yield await connection.execution_options(**{_READING: True})


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: BEGIN IMMEDIATE is ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    for statement in (*SETUP, "PRAGMA busy_timeout=30000"):
        cursor.execute(statement)
    cursor.close()


def _on_begin(connection: Any) -> None:
    reads = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN DEFERRED" if reads else "BEGIN IMMEDIATE")
