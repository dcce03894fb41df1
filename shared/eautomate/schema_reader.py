"""What the database says about its own columns: INFORMATION_SCHEMA, or PRAGMA on the stand-in."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    CursorResult,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eautomate.tables import PRODUCT, Tables


@dataclass(frozen=True, slots=True)
class Found:
    """A column as it is.

    Attributes:
        name: as the database spells it.
        width: of text, in characters.
        scale: of a decimal, places behind the point.
        filled: the server gives it a value when an INSERT does not.
        generated: no INSERT may name it: identity, computed, rowversion.
    """

    name: str
    kind: str
    width: int | None
    scale: int | None
    nullable: bool
    filled: bool
    generated: bool


Columns = dict[str, Found]
"""By case-folded name."""


class Shape:
    """What the database's tables really are like."""

    def __init__(self, tables: Tables, found: Mapping[tuple[str, str], Columns]) -> None:
        """By schema (``""`` on the stand-in) and table, case-folded."""
        self._standin = tables.standin
        self._found = found

    def of(self, table: Table) -> Columns | None:
        """The table's columns, None when there is no such table."""
        schema = "" if self._standin else (table.schema or "")
        return self._found.get((schema.casefold(), table.name.casefold()))

    def has(self, column: Column[Any]) -> bool:
        """Whether the column is there."""
        return column.name.casefold() in (self.of(column.table) or {})

    def width(self, column: Column[Any]) -> int | None:
        """How many characters the column holds; None when any number."""
        found = (self.of(column.table) or {}).get(column.name.casefold())
        return found.width if found is not None and found.width is not None and found.width > 0 else None


_COLUMNS = Table(
    "COLUMNS",
    MetaData(schema="INFORMATION_SCHEMA"),
    Column("TABLE_SCHEMA", String(128)),
    Column("TABLE_NAME", String(128)),
    Column("COLUMN_NAME", String(128)),
    Column("DATA_TYPE", String(128)),
    Column("CHARACTER_MAXIMUM_LENGTH", Integer),
    Column("NUMERIC_SCALE", Integer),
    Column("IS_NULLABLE", String(3)),
)
_SYS_COLUMNS = Table(
    "columns",
    MetaData(schema="sys"),
    Column("object_id", Integer),
    Column("name", String(128)),
    Column("default_object_id", Integer),
    Column("is_identity", Boolean),
    Column("is_computed", Boolean),
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
    "text": "varchar",
    "numeric": "decimal",
}

_DECLARED = re.compile(r"(\w+)(?:\((\d+)(?:, ?(\d+))?\))?")

_PRAGMA = (
    'SELECT m.name, p.name, p.type, p."notnull", p.dflt_value, p.pk, p.hidden'
    " FROM sqlite_master AS m JOIN pragma_table_xinfo(m.name) AS p WHERE m.type = 'table'"
)


async def read_shape(connection: AsyncConnection, tables: Tables) -> Shape:
    """Columns of the product's, the ledger's and the number series' schema."""
    found: defaultdict[tuple[str, str], Columns] = defaultdict(dict)
    if tables.standin:
        pragma = connection.exec_driver_sql(_PRAGMA)
        for table, name, declared, required, default, key, hidden in await _rows(pragma):
            kind, width, scale = _declared(declared)
            counted = bool(key) and kind == "int"
            found["", table.casefold()][name.casefold()] = Found(
                name=name,
                kind=kind,
                width=width,
                scale=scale,
                nullable=not (required or key),
                filled=default is not None or counted,
                generated=counted or bool(hidden) or kind == "rowversion",
            )
        return Shape(tables, found)
    flags = {
        (schema.casefold(), table.casefold(), name.casefold()): (bool(default), bool(identity or computed))
        for schema, table, name, default, identity, computed in await _rows(
            connection.execute(filled_columns(tables))
        )
    }
    wanted = connection.execute(server_columns(tables))
    for schema, table, name, type_, width, scale, nullable in await _rows(wanted):
        kind = _KINDS.get(type_.lower(), type_.lower())
        key = schema.casefold(), table.casefold(), name.casefold()
        default, counted = flags.get(key, (False, False))
        generated = counted or kind == "rowversion"
        found[key[:2]][key[2]] = Found(
            name=name,
            kind=kind,
            width=width,
            scale=scale,
            nullable=nullable.upper() == "YES",
            filled=default or generated,
            generated=generated,
        )
    return Shape(tables, found)


def server_columns(tables: Tables) -> Select[Any]:
    """SQL Server's columns."""
    own = _COLUMNS.c
    return select(
        own.TABLE_SCHEMA,
        own.TABLE_NAME,
        own.COLUMN_NAME,
        own.DATA_TYPE,
        own.CHARACTER_MAXIMUM_LENGTH,
        own.NUMERIC_SCALE,
        own.IS_NULLABLE,
    ).where(own.TABLE_SCHEMA.in_(_schemas(tables)))


def filled_columns(tables: Tables) -> Select[Any]:
    """Columns SQL Server fills: by a default, as identity, or computed.

    The text of a default is shown only to who may see definitions; that there is one, to everybody who may read.
    """
    own = _SYS_COLUMNS.c
    # With a width of their own: a driver may take the first row's for all.
    schema = cast(func.object_schema_name(own.object_id), String(128))
    return select(
        schema.label("schema_name"),
        cast(func.object_name(own.object_id), String(128)).label("table_name"),
        own.name,
        own.default_object_id,
        own.is_identity,
        own.is_computed,
    ).where(
        schema.in_(_schemas(tables)),
        or_(own.default_object_id != 0, own.is_identity == true(), own.is_computed == true()),
    )


def _schemas(tables: Tables) -> list[str]:
    return [PRODUCT, tables.ledger_schema, tables.profile.number_series.owner]


async def _rows(result: Awaitable[CursorResult[Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in (await result).all()]


def _declared(declared: str) -> tuple[str, int | None, int | None]:
    match = _DECLARED.match(declared)
    if match is None:
        return declared.lower(), None, None
    kind = match[1].lower()
    first, second = (int(part) if part else None for part in match.group(2, 3))
    return _KINDS.get(kind, kind), None if second is not None else first, second
