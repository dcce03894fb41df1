"""Tandem's ledger about service calls: how it left them."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.call_rows import CallWrite
from shared.eautomate.ledger import put
from shared.eautomate.reader import chunks
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.work import Work


class CallLedger:
    """Reads of what was noted."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables

    async def writes_of(self, call_ids: Iterable[int]) -> dict[int, CallWrite]:
        """How each call was left; absent where Tandem wrote nothing."""
        own = self._tables.noted_calls
        found: dict[int, CallWrite] = {}
        async with reading(self._engine) as connection:
            for chunk in chunks(set(call_ids)):
                rows = await connection.execute(select(own).where(own.c.call_id.in_(chunk)))
                found |= {row.call_id: CallWrite(*row) for row in rows.all()}
        return found


async def note_write(work: Work, left: CallWrite) -> None:
    """Write how a call was left, in place of what was noted.

    Raises:
        NotStorable, ValueTooLong: a value does not fit the ledger.
    """
    await put(work, work.tables.noted_calls, asdict(left))
