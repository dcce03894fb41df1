"""Engine of Tandem's own database: PostgreSQL in production, one SQLite file a service by default.

SQLite runs in WAL mode with ``BEGIN IMMEDIATE``: a deferred transaction that reads and then writes fails with
"database is locked" under concurrency. Never wait for the network inside a transaction.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.config import StoreSettings


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
        f"sqlite+aiosqlite:///{path}", connect_args={"timeout": 30}, hide_parameters=True
    )
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: BEGIN IMMEDIATE is ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
