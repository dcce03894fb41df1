"""Reading code tables and employees."""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate import statements
from shared.eautomate.properties import PropertyReader
from shared.eautomate.rows import Agent, Code
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import text, text_or_none

CodeKind = Literal["customer_type", "branch", "on_hold_code", "territory"]

_COLUMNS: dict[CodeKind, tuple[str, str, str, str]] = {
    "customer_type": ("customer_types", "CustomerTypeID", "CustomerType", "Description"),
    "branch": ("branches", "BranchID", "BranchNumber", "BranchName"),
    "on_hold_code": ("hold_codes", "OnHoldCodeID", "OnHoldCode", "Description"),
    "territory": ("territories", "TerritoryID", "Territory", "Description"),
}


class Codes:
    """Reads of small tables, always in full."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables
        self._properties = PropertyReader((tables.profile.properties.member_id,))

    async def codes(self, kind: CodeKind) -> list[Code]:
        """Every row of a code table, inactive ones too, by id."""
        name, key, code, description = _COLUMNS[kind]
        own = getattr(self._tables, name).c
        wanted = select(own[key], own[code], own[description], own.Active).order_by(own[key])
        async with reading(self._engine) as connection:
            rows = (await connection.execute(wanted)).all()
        return [Code(id_, text(code_), text(told), bool(active)) for id_, code_, told, active in rows]

    async def agents(self) -> list[Agent]:
        """Every employee with the member property, inactive ones too, by id."""
        own, reps = self._tables.agents, self._tables.sales_reps
        wanted = (
            select(own, reps.c.SalesRepID)
            .select_from(own.outerjoin(reps, reps.c.SalesRepID == own.c.AgentID))
            .order_by(own.c.AgentID)
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(wanted)).mappings().all()
            values = (await connection.execute(statements.agent_values(self._tables))).all()
        members = self._properties.values(values)
        return [
            Agent(
                agent_id=row[own.c.AgentID],
                number=text(row[own.c.AgentNumber]),
                name=text(row[own.c.PrefFullName])
                or f"{text(row[own.c.FirstName])} {text(row[own.c.LastName])}".strip(),
                email=text(row[own.c.Email]),
                user_id=text_or_none(row[own.c.UserID]),
                active=bool(row[own.c.Active]),
                sales_rep=row[reps.c.SalesRepID] is not None,
                member_id=members.get(row[own.c.AgentID], {}).get(self._tables.profile.properties.member_id),
            )
            for row in rows
        ]
