"""What the database says about its own columns: INFORMATION_SCHEMA, or PRAGMA on the stand-in."""

import re
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, CursorResult, Integer, MetaData, Select, String, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eautomate.tables import PRODUCT, Tables


@dataclass(frozen=True, slots=True)
class Found:
    """A column as it is. ``filled``: the server gives it a value when an INSERT does not."""

    kind: str
    width: int | None
    nullable: bool
    filled: bool


Columns = dict[tuple[str, str], dict[str, Found]]
"""By schema and table (``""`` on the stand-in), then column; all case-folded."""

_COLUMNS = Table(
    "COLUMNS",
    MetaData(schema="INFORMATION_SCHEMA"),
    Column("TABLE_SCHEMA", String(128)),
    Column("TABLE_NAME", String(128)),
    Column("COLUMN_NAME", String(128)),
    Column("DATA_TYPE", String(128)),
    Column("CHARACTER_MAXIMUM_LENGTH", Integer),
    Column("IS_NULLABLE", String(3)),
    Column("COLUMN_DEFAULT", String(4000)),
)

_KINDS = {
    "timestamp": "rowversion",
    "rowversion": "rowversion",
    "blob": "rowversion",
    "integer": "int",
    "int": "int",
    "bigint": "int",
    "smallint": "int",
    "tinyint": "int",
    "boolean": "bit",
    "datetime2": "datetime",
}

_DECLARED = re.compile(r"(\w+)(?:\((\d+)\))?")

_PRAGMA = (
    'SELECT m.name, p.name, p.type, p."notnull", p.dflt_value, p.pk'
    " FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table'"
)


async def read_columns(connection: AsyncConnection, tables: Tables) -> Columns:
    """Columns of the product's and the ledger's schema."""
    found: defaultdict[tuple[str, str], dict[str, Found]] = defaultdict(dict)
    if tables.standin:
        pragma = connection.exec_driver_sql(_PRAGMA)
        for table, name, declared, required, default, key in await _rows(pragma):
            kind, width = _declared(declared)
            filled = default is not None or (bool(key) and kind == "int")
            found["", table.casefold()][name.casefold()] = Found(kind, width, not (required or key), filled)
        return found
    wanted = connection.execute(server_columns(tables))
    for schema, table, name, kind, width, nullable, default, identity in await _rows(wanted):
        kind_ = _KINDS.get(kind.lower(), kind.lower())
        filled = default is not None or bool(identity) or kind_ == "rowversion"
        found[schema.casefold(), table.casefold()][name.casefold()] = Found(
            kind_, width, nullable.upper() == "YES", filled
        )
    return found


def server_columns(tables: Tables) -> Select[Any]:
    """SQL Server's columns with the identity flag."""
    own = _COLUMNS.c
    whole = func.quotename(own.TABLE_SCHEMA) + "." + func.quotename(own.TABLE_NAME)
    identity = func.columnproperty(func.object_id(whole), own.COLUMN_NAME, "IsIdentity")
    return select(
        own.TABLE_SCHEMA,
        own.TABLE_NAME,
        own.COLUMN_NAME,
        own.DATA_TYPE,
        own.CHARACTER_MAXIMUM_LENGTH,
        own.IS_NULLABLE,
        own.COLUMN_DEFAULT,
        identity,
    ).where(own.TABLE_SCHEMA.in_([PRODUCT, tables.ledger_schema]))


async def _rows(result: Awaitable[CursorResult[Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in (await result).all()]


def _declared(declared: str) -> tuple[str, int | None]:
    match = _DECLARED.match(declared)
    if match is None:
        return declared.lower(), None
    kind = match[1].lower()
    return _KINDS.get(kind, kind), int(match[2]) if match[2] else None
