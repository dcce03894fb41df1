"""How far changes can be read, and which database they are read from (reference eautomate.md 8)."""

from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, Select, Table, Uuid, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.rows import START, DatabaseIdentity, RowVersionWindow
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.types import BINARY8

_SYSTEM = MetaData(schema="sys")
_DATABASES = Table(
    "databases",
    _SYSTEM,
    Column("database_id", Integer),
    Column("create_date", DateTime),
)
_RECOVERY = Table(
    "database_recovery_status",
    _SYSTEM,
    Column("database_id", Integer),
    Column("database_guid", Uuid),
    Column("recovery_fork_guid", Uuid),
)


class Clock:
    """The database's rowversion counter and identity."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables

    async def window(self, low: bytes = START) -> RowVersionWindow:
        """From ``low`` up to the lowest rowversion an open transaction may still bring; 8 bytes each."""
        async with reading(self._engine) as connection:
            high = (await connection.execute(high_mark(self._tables))).scalar_one()
        return RowVersionWindow(low, bytes(high))

    async def identity(self) -> DatabaseIdentity:
        """Guid with recovery fork, and create date: one of them differs after a restore and on a copy."""
        async with reading(self._engine) as connection:
            *guids, created = (await connection.execute(identity(self._tables))).one()
        return DatabaseIdentity(guid="/".join(str(guid) for guid in guids), created=str(created))


def high_mark(tables: Tables) -> Select[Any]:
    """``MIN_ACTIVE_ROWVERSION()``, or the stand-in's."""
    if tables.standin:
        return select(tables.standin_database.c.min_active_rowversion)
    return select(func.min_active_rowversion(type_=BINARY8))


def identity(tables: Tables) -> Select[Any]:
    """The row that tells this database from a copy; the create date comes last."""
    if tables.standin:
        own = tables.standin_database.c
        return select(own.database_guid, own.create_date)
    return (
        select(_RECOVERY.c.database_guid, _RECOVERY.c.recovery_fork_guid, _DATABASES.c.create_date)
        .join_from(_DATABASES, _RECOVERY, _DATABASES.c.database_id == _RECOVERY.c.database_id, isouter=True)
        .where(_DATABASES.c.database_id == func.db_id())
    )
