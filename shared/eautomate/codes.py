"""Reading code tables, always in full."""

from typing import Any, Literal

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate.rows import Code
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import text, text_or_none

CodeKind = Literal[
    "customer_type",
    "branch",
    "on_hold_code",
    "territory",
    "contract_type",
    "unit",
    "bill_code",
    "call_type",
    "activity_code",
    "priority",
    "call_hold_code",
]
"""``call_hold_code``: the on-hold codes that service calls may have, as far as the profile tells."""

_COLUMNS: dict[CodeKind, tuple[str, str, str, str]] = {
    "customer_type": ("customer_types", "CustomerTypeID", "CustomerType", "Description"),
    "branch": ("branches", "BranchID", "BranchNumber", "BranchName"),
    "on_hold_code": ("hold_codes", "OnHoldCodeID", "OnHoldCode", "Description"),
    "territory": ("territories", "TerritoryID", "Territory", "Description"),
    "contract_type": ("contract_codes", "ContractCodeID", "ContractCode", "Description"),
    "unit": ("units", "UMID", "UM", "Description"),
    "bill_code": ("bill_codes", "BillCodeID", "BillCode", "Description"),
    "call_type": ("call_types", "CallTypeID", "CallType", "Description"),
    "activity_code": ("activity_codes", "ActivityCodeID", "ActivityCode", "Description"),
    "priority": ("priorities", "PriorityID", "Priority", "Description"),
    "call_hold_code": ("hold_codes", "OnHoldCodeID", "OnHoldCode", "Description"),
}


class Codes:
    """Reads of small tables."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables

    async def codes(self, kind: CodeKind) -> list[Code]:
        """Every row of a code table, inactive ones too, by id."""
        async with reading(self._engine) as connection:
            rows = (await connection.execute(code_rows(self._tables, kind))).all()
        return [Code(id_, text(code), text(told), bool(active)) for id_, code, told, active in rows]


def code_rows(tables: Tables, kind: CodeKind) -> Select[Any]:
    """A code table: (id, code, description, active), by id."""
    name, key, code, description = _COLUMNS[kind]
    own = getattr(tables, name).c
    rows = select(own[key], own[code], own[description], own.Active).order_by(own[key])
    if kind == "call_hold_code" and tables.profile.call_hold_types:
        return rows.where(own.TypeID.in_(tables.profile.call_hold_types))
    return rows


async def code_texts(
    connection: AsyncConnection, tables: Tables, kind: CodeKind
) -> dict[int | None, str | None]:
    """Codes by id; an empty one is None."""
    rows = (await connection.execute(code_rows(tables, kind))).all()
    return {row[0]: text_or_none(row[1]) for row in rows}


def full_name(row: Row[Any]) -> str | None:
    """An employee's name as people write it; None when there is none."""
    return text_or_none(row.PrefFullName) or text_or_none(
        f"{text(row.FirstName)} {text(row.LastName)}".strip()
    )
