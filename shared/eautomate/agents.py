"""Reading employees: technicians, sales reps, or both."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import statements
from shared.eautomate.codes import full_name
from shared.eautomate.owners import agent_owner
from shared.eautomate.property_reader import PropertyRecords
from shared.eautomate.reader import Fields
from shared.eautomate.rows import hex_version
from shared.eautomate.tables import Tables
from shared.eautomate.values import text, text_or_none
from shared.events.records import Agent


class Agents(PropertyRecords[Agent]):
    """Reads of ShAgents. There are few: what lies beside the row is read with the row itself."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        """Prepare."""
        rows = statements.agent_rows(tables)
        super().__init__(engine, tables, agent_owner(tables), rows, rows)

    async def _records(
        self,
        connection: AsyncConnection,  # noqa: ARG002 - all that is needed is in the rows
        rows: Sequence[tuple[Row[Any], Fields]],
    ) -> list[Agent]:
        return [_agent(row, fields | _roles(row)) for row, fields in rows]

    async def _beside_the_rows(
        self,
        connection: AsyncConnection,  # noqa: ARG002
    ) -> Callable[[Row[Any]], Fields]:
        return _roles


def _roles(row: Row[Any]) -> Fields:
    return {"sales_rep": bool(row.SalesRep), "technician": bool(row.Technician)}


def _agent(row: Row[Any], beside: Fields) -> Agent:
    return Agent(
        agent_id=row.AgentID,
        number=text(row.AgentNumber),
        name=full_name(row) or "",
        email=text(row.Email),
        user_id=text_or_none(row.UserID),
        active=bool(row.Active),
        row_version=hex_version(row.timestamp),
        **beside,
    )
