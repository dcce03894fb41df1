"""Compares the database with the table definitions before the first write (reference eautomate.md 11).

Presence, kind, width, nullability where it is known, and for tables Tandem inserts into: columns it would
leave empty that must not be. A difference is put right in the database, or in the profile of this release.
Each area is judged apart: a contract table that differs stops no customer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.areas import AREAS, Area
from shared.eautomate.columns import is_optional
from shared.eautomate.errors import SchemaMismatch
from shared.eautomate.schema_reader import Columns, Found, Shape, read_shape
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.types import LocalDateTime, LocalDay, Money, Rate, RowVersion

DifferenceKind = Literal["no table", "no column", "type", "width", "scale", "nullable", "unknown column"]


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
                return (
                    f"{where}: no such table, or Tandem's login may not read it;"
                    " if it has another name here, put that in the profile"
                )
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

    async def shape(self) -> Shape:
        """What the database says."""
        async with reading(self._engine) as connection:
            return await read_shape(connection, self._tables)

    async def differences(self, *areas: Area) -> list[Difference]:
        """Every difference in the areas, product tables first; empty when the database is as defined."""
        found = await self.shape()
        return self._compare([*self._product(), *self._tables.ledger.sorted_tables], found, areas)

    async def ensure(self, area: Area) -> Shape:
        """What the database says, when there is no difference in the area.

        Raises:
            SchemaMismatch: there is one; all are in the text.
        """
        found = await self.shape()
        _refuse(self._compare([*self._product(), *self._tables.ledger.sorted_tables], found, (area,)))
        return found

    async def ensure_ledger(self) -> None:
        """Like ``ensure``, for the ledger alone."""
        _refuse(self._compare(self._tables.ledger.sorted_tables, await self.shape(), AREAS))

    def _product(self) -> list[Table]:
        tables = list(self._tables.product.tables.values())
        return [t for t in tables if self._tables.profile.list_values or t is not self._tables.list_values]

    def _compare(self, tables: Iterable[Table], found: Shape, areas: Iterable[Area]) -> list[Difference]:
        wanted = frozenset(areas)
        differences: list[Difference] = []
        for table in tables:
            if wanted & table.info["areas"]:
                differences += compare(table, found.of(table), wanted)
        return differences


def compare(table: Table, found: Columns | None, areas: frozenset[Area]) -> list[Difference]:
    """How one table differs; ``found`` holds its columns by case-folded name, None when there is no table.

    One that may be missing never differs: as long as it is not as defined, nothing is read from it.
    """
    return [] if table.info.get("optional") else _differences(table, found, areas)


def as_defined(table: Table, found: Columns | None) -> bool:
    """Whether a table that may be missing is there and can be read."""
    return not _differences(table, found, frozenset(AREAS))


def _differences(table: Table, found: Columns | None, areas: frozenset[Area]) -> list[Difference]:
    name = table.fullname
    if found is None:
        expected = "ledger" if table.info.get("ledger") else "table"
        return [Difference("no table", name, None, expected, "")]
    differences: list[Difference] = []
    for column in table.columns:
        if not areas & column.info.get("areas", areas):
            continue
        own = found.get(column.name.casefold())
        if own is not None:
            differences += _column(table, column, own)
        elif not is_optional(column):
            differences.append(Difference("no column", name, column.name, "", ""))
    return differences + (_unfilled(table, found) if table.info["inserts"] else [])


def _column(table: Table, column: Column[Any], found: Found) -> list[Difference]:
    kind, width = _kind(column), column.type.length if isinstance(column.type, String) else None
    if found.kind != kind:
        return [Difference("type", table.fullname, column.name, kind, found.kind)]
    if width is not None and found.width != width:
        return [Difference("width", table.fullname, column.name, str(width), str(found.width))]
    scale = column.type.places if isinstance(column.type, Rate) else None
    if scale is not None and (found.scale or 0) < scale:
        return [Difference("scale", table.fullname, column.name, str(scale), str(found.scale))]
    if table.info["seen"] and kind != "rowversion" and found.nullable != column.nullable:
        words = {True: "NULL", False: "NOT NULL"}
        expected, seen = words[bool(column.nullable)], words[found.nullable]
        return [Difference("nullable", table.fullname, column.name, expected, seen)]
    return []


def _unfilled(table: Table, found: Columns) -> list[Difference]:
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
        case LocalDateTime() | LocalDay() | DateTime():
            return "datetime"
        case Money():
            return "money"
        case Rate():
            return "decimal"
        case Boolean():
            return "bit"
        case Integer():
            return "int"
        case _:
            return "char" if column.type.__visit_name__ == "CHAR" else "varchar"


def _refuse(differences: list[Difference]) -> None:
    if differences:
        lines = "\n".join(f"- {difference.text}" for difference in differences)
        raise SchemaMismatch(f"e-automate's database is not as Tandem expects; nothing is written:\n{lines}")
