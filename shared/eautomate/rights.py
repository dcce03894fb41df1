"""Which rights Tandem's login needs on SQL Server, and which of them it lacks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, func, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.areas import AREAS, Area
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables

WRITTEN: dict[Area, dict[str, tuple[str, ...]]] = {
    "customers": {
        "ARCustomers": ("UPDATE",),
        "ARCustomerCustomProperties": ("INSERT", "UPDATE"),
        "ShAgents": ("UPDATE",),
        "ShAgentCustomProperties": ("INSERT", "UPDATE"),
    },
    "contracts": {
        "SCContracts": ("INSERT", "UPDATE"),
        "SCContractDetails": ("INSERT", "UPDATE", "DELETE"),
        "ICItems": ("INSERT",),
        "ARInvoices": ("UPDATE",),
        "NumberSeries": ("UPDATE",),
    },
    "calls": {
        "SCCalls": ("INSERT", "UPDATE"),
        "SCCallLabors": ("INSERT", "UPDATE"),
        "SCCallMaterials": ("INSERT",),
        "NumberSeries": ("UPDATE",),
    },
}
"""Beside reading, by documented table name."""
LEDGER = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Rights:
    """What the login may have to do with a table."""

    table: Table
    permissions: tuple[str, ...]

    @property
    def text(self) -> str:
        """As a fault, in words."""
        return f"{self.table.fullname}: Tandem's login may not {', '.join(self.permissions)}"


def needed(tables: Tables, areas: Iterable[Area] = AREAS) -> list[Rights]:
    """Rights on the dealer's tables and on the ledger; the table of number series comes last."""
    wanted = frozenset(areas)
    product = [
        Rights(table, _permissions(table, wanted))
        for table in tables.product.sorted_tables
        if wanted & table.info["areas"] and (tables.profile.list_values or table is not tables.list_values)
    ]
    ledger = [Rights(table, LEDGER) for table in tables.ledger.sorted_tables if wanted & table.info["areas"]]
    series = tables.number_series
    numbered = wanted & {"contracts", "calls"}
    return product + ledger + ([Rights(series, _permissions(series, wanted))] if numbered else [])


async def missing_rights(engine: AsyncEngine, tables: Tables, areas: Iterable[Area]) -> list[Rights]:
    """What the login lacks on tables there are; empty on the stand-in, where everybody may do everything.

    Raises:
        TransientError, PermanentError: what the database said.
    """
    if tables.standin:
        return []
    wanted = needed(tables, areas)
    async with reading(engine) as connection:
        held = (await connection.execute(held_rights(wanted))).one()
    return lacking(wanted, held)


def lacking(wanted: Iterable[Rights], held: Iterable[int | None]) -> list[Rights]:
    """Rights that are not held; ``held`` in the order of ``held_rights``, None where there is no such table."""
    given = iter(held)
    found = [Rights(one.table, tuple(name for name in one.permissions if next(given) == 0)) for one in wanted]
    return [one for one in found if one.permissions]


def held_rights(rights: Iterable[Rights]) -> Select[Any]:
    """One row: 1 for each permission of each table, in order, 0 where it is not held, NULL without the table."""
    return select(
        *(
            func.has_perms_by_name(literal(bracketed(one.table)), "OBJECT", name).label(f"{place}_{name}")
            for place, one in enumerate(rights)
            for name in one.permissions
        )
    )


def grants(tables: Tables, login: str) -> str:
    """``GRANT`` statements for a user of the database."""
    whom = quoted(login)
    lines = [
        *(_grant(one, whom) for one in needed(tables) if not one.table.info.get("ledger")),
        f"GRANT {', '.join(LEDGER)} ON SCHEMA::{quoted(tables.ledger_schema)} TO {whom};",
    ]
    return "\n".join(lines) + "\n"


def _grant(rights: Rights, whom: str) -> str:
    said = f"GRANT {', '.join(rights.permissions)} ON {bracketed(rights.table)} TO {whom};"
    there = f"IF OBJECT_ID(N'{bracketed(rights.table)}') IS NOT NULL "
    return (there if rights.table.info.get("optional") else "") + said


def bracketed(table: Table) -> str:
    """Schema and name as T-SQL quotes them."""
    return f"{quoted(table.schema or '')}.{quoted(table.name)}"


def quoted(name: str) -> str:
    """A name as T-SQL quotes it."""
    return "[" + name.replace("]", "]]") + "]"


def _permissions(table: Table, areas: frozenset[Area]) -> tuple[str, ...]:
    name = table.info["logical"]
    more = [permission for area in AREAS if area in areas for permission in WRITTEN[area].get(name, ())]
    return ("SELECT", *dict.fromkeys(more))
