"""Compares the database with the table definitions before the first write (reference eautomate.md 11).

Presence, kind, width, nullability where it is known, and for tables Tandem inserts into: columns it would
leave empty that must not be. A difference is put right in the database, or in the profile of this release.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.errors import SchemaMismatch
from shared.eautomate.schema_reader import Found, read_columns
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.types import LocalDateTime, RowVersion

DifferenceKind = Literal["no table", "no column", "type", "width", "nullable", "unknown column"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the database is not as defined."""

    kind: DifferenceKind
    table: str
    column: str | None
    expected: str
    found: str

    @property
    def text(self) -> str:
        """A sentence a person can act on."""
        where = f"{self.table}.{self.column}" if self.column else self.table
        match self.kind:
            case "no table" if self.expected == "ledger":
                return f"{where}: the ledger table is missing; create it before Tandem may write"
            case "no table":
                return f"{where}: no such table; if it has another name here, put that in the profile"
            case "no column":
                return f"{where}: no such column; if it has another name here, put that in the profile"
            case "unknown column":
                return f"{where}: {self.found}, and Tandem inserts rows without it"
            case _:
                return f"{where}: {self.kind} is {self.found}, Tandem expects {self.expected}"


class Probe:
    """Looks at the database's own description of its tables."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables

    async def differences(self) -> list[Difference]:
        """Every difference, product tables first; empty when the database is as defined."""
        return await self._compare([*self._product(), *self._tables.ledger.sorted_tables])

    async def ensure(self) -> None:
        """Pass when there is no difference.

        Raises:
            SchemaMismatch: there is one; all are in the text.
        """
        _refuse(await self.differences())

    async def ensure_ledger(self) -> None:
        """Like ``ensure``, for the ledger alone."""
        _refuse(await self._compare(self._tables.ledger.sorted_tables))

    def _product(self) -> list[Table]:
        tables = list(self._tables.product.tables.values())
        return [t for t in tables if self._tables.profile.list_values or t is not self._tables.list_values]

    async def _compare(self, tables: Iterable[Table]) -> list[Difference]:
        async with reading(self._engine) as connection:
            found = await read_columns(connection, self._tables)
        differences: list[Difference] = []
        for table in tables:
            differences += compare(table, found.get(_key(table, self._tables)))
        return differences


def compare(table: Table, found: dict[str, Found] | None) -> list[Difference]:
    """How one table differs; ``found`` holds its columns by case-folded name, None when there is no table."""
    name = table.fullname
    if found is None:
        expected = "ledger" if table.info["logical"] in {"applied", "created"} else "table"
        return [Difference("no table", name, None, expected, "")]
    differences: list[Difference] = []
    for column in table.columns:
        own = found.get(column.name.casefold())
        if own is None:
            differences.append(Difference("no column", name, column.name, "", ""))
        else:
            differences += _column(table, column, own)
    return differences + (_unfilled(table, found) if table.info["inserts"] else [])


def _column(table: Table, column: Column[Any], found: Found) -> list[Difference]:
    kind, width = _kind(column), column.type.length if isinstance(column.type, String) else None
    if found.kind != kind:
        return [Difference("type", table.fullname, column.name, kind, found.kind)]
    if width is not None and found.width != width:
        return [Difference("width", table.fullname, column.name, str(width), str(found.width))]
    if table.info["seen"] and kind != "rowversion" and found.nullable != column.nullable:
        words = {True: "NULL", False: "NOT NULL"}
        expected, seen = words[bool(column.nullable)], words[found.nullable]
        return [Difference("nullable", table.fullname, column.name, expected, seen)]
    return []


def _unfilled(table: Table, found: dict[str, Found]) -> list[Difference]:
    known = {column.name.casefold() for column in table.columns}
    return [
        Difference("unknown column", table.fullname, name, "", "NOT NULL without a default")
        for name, column in found.items()
        if name not in known and not column.nullable and not column.filled
    ]


def _kind(column: Column[Any]) -> str:
    match column.type:
        case RowVersion():
            return "rowversion"
        case LocalDateTime() | DateTime():
            return "datetime"
        case Boolean():
            return "bit"
        case Integer():
            return "int"
        case _:
            return "char" if column.type.__visit_name__ == "CHAR" else "varchar"


def _key(table: Table, tables: Tables) -> tuple[str, str]:
    schema = "" if tables.standin else (table.schema or "")
    return schema.casefold(), table.name.casefold()


def _refuse(differences: list[Difference]) -> None:
    if differences:
        lines = "\n".join(f"- {difference.text}" for difference in differences)
        raise SchemaMismatch(f"e-automate's database is not as Tandem expects; nothing is written:\n{lines}")
