"""Connections to e-automate's database: SQL Server, or the stand-in's SQLite file.

Every connection is set up alike and comes from SQLAlchemy's pool, which rolls back on return and drops a
broken or cancelled one; aioodbc's own pool does neither (reference eautomate.md 9).
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.config import EAutomateSettings
from shared.eautomate.errors import PermanentError
from shared.eautomate.tables import PRODUCT
from shared.sqlite import SETUP, creator

WRITES = "tandem_writes"
"""Execution option of a connection that will write: SQLite takes its lock at once."""

SESSION = (
    "SET XACT_ABORT ON",
    "SET NOCOUNT ON",
    "SET LOCK_TIMEOUT 5000",
    "SET DEADLOCK_PRIORITY LOW",
    "SET ANSI_NULLS ON",
    "SET QUOTED_IDENTIFIER ON",
    "SET ARITHABORT ON",
)
"""What SQL Server is told on each connection. NOCOUNT makes row counts unknown: nothing relies on them."""


POOL, OVERFLOW = 5, 5
"""Connections kept, and more when they are busy."""


def check_url(settings: EAutomateSettings) -> None:
    """Whether the settings name a database at all; nothing is connected.

    Raises:
        ValueError: they do not; the text names the setting.
    """
    text = settings.url.get_secret_value()
    if not text:
        raise ValueError("TANDEM_EAUTOMATE__URL is empty: it must name e-automate's database")
    driver = text.partition(":")[0]
    if driver not in {"mssql+aioodbc", "sqlite+aiosqlite"}:
        raise ValueError(
            f"TANDEM_EAUTOMATE__URL starts with {driver[:40]}; Tandem knows mssql+aioodbc and sqlite+aiosqlite"
        )


def open_engine(settings: EAutomateSettings) -> AsyncEngine:
    """Engine for the database of the settings; nothing is connected yet.

    Raises:
        PermanentError: ODBC is missing, or the URL is empty, names no file, or is neither
            ``mssql+aioodbc`` nor ``sqlite+aiosqlite``.
    """
    text = settings.url.get_secret_value()
    if not text:
        raise PermanentError("TANDEM_EAUTOMATE__URL is empty: it must name e-automate's database")
    url = make_url(text)
    if url.drivername == "mssql+aioodbc":
        return _sql_server(url, settings.query_timeout_seconds)
    if url.drivername == "sqlite+aiosqlite":
        return _stand_in(url, settings.query_timeout_seconds)
    raise PermanentError(
        f"TANDEM_EAUTOMATE__URL starts with {url.drivername}; Tandem knows mssql+aioodbc and sqlite+aiosqlite"
    )


def _sql_server(url: URL, timeout: int) -> AsyncEngine:
    try:
        engine = create_async_engine(
            url,
            pool_pre_ping=True,
            pool_recycle=1800,
            pool_size=POOL,
            max_overflow=OVERFLOW,
            hide_parameters=True,
            connect_args={"timeout": timeout, "autocommit": False, "executor": _threads()},
        )
    except ImportError as error:
        raise PermanentError(
            f"ODBC is not installed ({error}): unixODBC and a driver, msodbcsql18 or FreeTDS, are needed"
        ) from error

    def on_connect(connection: Any, _record: Any) -> None:
        # The query time-out can be set on the driver's own connection only (aioodbc issue 448).
        connection.driver_connection._conn.timeout = timeout
        cursor = connection.cursor()
        for statement in SESSION:
            cursor.execute(statement)
        cursor.close()

    event.listen(engine.sync_engine, "connect", on_connect)
    return engine


def _threads() -> ThreadPoolExecutor:
    """Threads for the driver: each connection has one, and one more to be dropped in.

    The event loop's own are fewer, and shared. Were all of them to wait for a row's lock, the one connection
    that holds it would find no thread to go on in, and everybody would run into the lock time-out.
    """
    return ThreadPoolExecutor(2 * (POOL + OVERFLOW), thread_name_prefix="e-automate")


def _stand_in(url: URL, timeout: int) -> AsyncEngine:
    if not url.database or not Path(url.database).is_file():
        raise PermanentError(
            f"TANDEM_EAUTOMATE__URL names {url.database}, which is no file;"
            " make one with: tandem simulate eautomate --file PATH"
        )
    engine = create_async_engine(
        url,
        hide_parameters=True,
        connect_args={"async_creator_fn": creator(url.database, timeout)},
        execution_options={"schema_translate_map": {PRODUCT: None}},
    )

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below
        cursor = connection.cursor()
        for statement in SETUP:
            cursor.execute(statement)
        cursor.close()

    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine
