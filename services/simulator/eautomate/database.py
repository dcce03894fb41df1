"""The stand-in's file: made, opened, copied and restored."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from services.simulator.eautomate.behaviour import DATABASE, triggers
from services.simulator.eautomate.call_codes import statuses
from services.simulator.eautomate.schema.double import FILE, OPTIONS, SERIES
from services.simulator.eautomate.schema.variant import Variant, variant

FIRST_ROW_VERSION = 2000


def url(path: Path) -> str:
    """The SQLAlchemy URL for ``TANDEM_EAUTOMATE__URL``."""
    return f"sqlite+aiosqlite:///{path.resolve()}"


def create(path: Path, like: Variant | None = None) -> None:
    """Make an empty database.

    Args:
        like: where the reference leaves open what a dealer's tables look like.

    Raises:
        FileExistsError: there is a file already.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    like = like or Variant()
    engine = create_engine(f"sqlite:///{path}", execution_options={"schema_translate_map": {"dbo": None}})
    with engine.begin() as connection:
        connection.exec_driver_sql(DATABASE)
        metadata = variant(like)
        metadata.create_all(connection, checkfirst=False)
        FILE.create_all(connection, checkfirst=False)
        for statement in triggers(metadata):
            connection.exec_driver_sql(statement)
    engine.dispose()
    with transaction(path) as file:
        file.execute(
            'INSERT INTO standin_database (id, database_guid, create_date, "rowversion", digits)'
            " VALUES (1, ?, ?, ?, ?)",
            (*_new_identity(), FIRST_ROW_VERSION, bytes(range(256))),
        )
        file.executemany(
            "INSERT INTO ea_double_NumberSeries (Series, Prefix, NextNo, Width) VALUES (?, ?, ?, ?)",
            [(series, *begins) for series, begins in SERIES.items()],
        )
        file.executemany(
            "INSERT INTO ea_double_Options (Name, Value) VALUES (?, ?)",
            [(name, int(value)) for name, value in OPTIONS.items()],
        )
        file.executemany(
            "INSERT INTO SCCallStatuses (Status, Description, IsOpen, SortOrder) VALUES (?, ?, ?, ?)",
            statuses(like.cleared, like.canceled),
        )


@contextmanager
def transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in one short writing transaction; rolled back when anything leaves the block.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no stand-in here; make one with: tandem simulate eautomate --file")
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.close()


def backup(path: Path, to: Path) -> None:
    """Copy the database as it is now."""
    _copy(path, to)


def restore(path: Path, backed_up: Path) -> None:
    """Put a copy back in place: the rowversion jumps back and the database has another identity."""
    _copy(backed_up, path)
    with transaction(path) as file:
        file.execute("UPDATE standin_database SET database_guid = ?, create_date = ?", _new_identity())


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as read, sqlite3.connect(target, timeout=30) as write:
        read.backup(write)
    read.close()
    write.close()


def _new_identity() -> tuple[str, str]:
    return str(uuid.uuid4()), datetime.now(UTC).isoformat(sep=" ", timespec="microseconds")
