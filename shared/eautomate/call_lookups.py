"""Reading what calls are classed by, where a code's name alone does not do."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate import call_statements as statements
from shared.eautomate.call_rows import CallStatus, CallType, Period
from shared.eautomate.probe import as_defined
from shared.eautomate.reader import chunks
from shared.eautomate.schema_reader import Shape
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import text


class CallLookups:
    """Reads of small tables, and of calls' numbers."""

    def __init__(self, engine: AsyncEngine, tables: Tables, shape: Shape) -> None:
        """Prepare; ``shape`` tells which tables the database has."""
        self._engine = engine
        self._tables = tables
        self._shape = shape

    async def types(self) -> list[CallType]:
        """All call types, by id."""
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statements.call_types(self._tables))).all()
        return [
            CallType(key, text(code), text(told), bool(active), duration, priority, activity)
            for key, code, told, active, duration, priority, activity in rows
        ]

    async def statuses(self) -> list[CallStatus] | None:
        """All statuses, by code; None where the database has no such table."""
        own = self._tables.call_statuses
        if not as_defined(own, self._shape.of(own)):
            return None
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statements.call_statuses(self._tables))).all()
        return [CallStatus(text(code), text(told), bool(is_open)) for code, told, is_open in rows]

    async def closed_periods(self) -> list[Period] | None:
        """Closed accounting periods, the earliest first; None where the database does not tell."""
        own = self._tables.periods
        if not as_defined(own, self._shape.of(own)):
            return None
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statements.closed_periods(self._tables))).all()
        return [Period(first, last) for first, last in rows]

    async def numbers(self, call_ids: Iterable[int]) -> dict[int, str]:
        """``CallNumber`` by ``CallID``; a call that is gone is absent."""
        found: dict[int, str] = {}
        async with reading(self._engine) as connection:
            for chunk in chunks(set(call_ids)):
                rows = await connection.execute(statements.call_numbers(self._tables, chunk))
                found |= {key: text(number) for key, number in rows.all()}
        return found
