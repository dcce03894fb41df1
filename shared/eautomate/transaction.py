"""One e-automate transaction: the effects of one change and the ledger rows that remember them."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate.areas import Area
from shared.eautomate.call_transaction import CallWrites
from shared.eautomate.calls import Calls
from shared.eautomate.contract_transaction import ContractWrites
from shared.eautomate.contracts import Contracts
from shared.eautomate.errors import Superseded, UnknownOutcome
from shared.eautomate.ledger import applied_row, note_applied
from shared.eautomate.owners import agent_owner, customer_owner
from shared.eautomate.property_writes import PropertyWrites
from shared.eautomate.rows import ChangeKey
from shared.eautomate.schema_reader import Shape
from shared.eautomate.session import uninterrupted, writing
from shared.eautomate.tables import Tables
from shared.eautomate.types import to_ticks
from shared.eautomate.values import storable
from shared.eautomate.work import Execute, Parameters, Work


class Transaction(ContractWrites, CallWrites):
    """What a process may do to e-automate for one change."""

    def __init__(
        self,
        connection: AsyncConnection,
        tables: Tables,
        shape: Shape,
        areas: Collection[Area],
        user: str,
        now: datetime,
        key: ChangeKey,
        contracts: Contracts,
        calls: Calls,
    ) -> None:
        def work(area: Area) -> Work:
            execute = self._execute if area in areas else _refused(area)
            return Work(execute, tables, shape, user, now)

        ContractWrites.__init__(self, work("contracts"), contracts)
        CallWrites.__init__(self, work("calls"), calls)
        self._connection = connection
        self._tables = tables
        self._now = now
        self._key = key
        self._customers = PropertyWrites(self._execute, tables, customer_owner(tables), user, now)
        self._agents = PropertyWrites(self._execute, tables, agent_owner(tables), user, now)

    async def set_customer_property(
        self, customer_id: int, name: str, value: str, expected_row_version: str | None
    ) -> bool:
        """Store a property value; whether there was anything to write.

        The customer is saved along with it: its stamp, user and rowversion move.

        Args:
            expected_row_version: ``Customer.row_version`` as read; None takes whatever is there.

        Raises:
            RowChanged: the customer was saved or removed since.
            PropertyNotStorable: the customer's configuration does not hold the property.
            NotStorable, ValueTooLong: the column cannot hold the value.
        """
        return await self._customers.set(customer_id, name, value, expected_row_version)

    async def clear_customer_property(
        self, customer_id: int, name: str, expected_row_version: str | None
    ) -> bool:
        """Empty a property value; whether there was anything to write.

        Raises:
            RowChanged: the customer was saved or removed since.
        """
        return await self._customers.clear(customer_id, name, expected_row_version)

    async def set_agent_property(
        self, agent_id: int, name: str, value: str, expected_row_version: str | None
    ) -> bool:
        """Store an employee's property value; as ``set_customer_property``."""
        return await self._agents.set(agent_id, name, value, expected_row_version)

    async def clear_agent_property(self, agent_id: int, name: str, expected_row_version: str | None) -> bool:
        """Empty an employee's property value; as ``clear_customer_property``."""
        return await self._agents.clear(agent_id, name, expected_row_version)

    async def created(
        self, target_kind: str, target_id: str, of: str | None = None, generation: int | None = None
    ) -> None:
        """Remember that a thing was made for a record in a generation of it.

        Args:
            of: the record, e.g. ``agreement/88``; the transaction's own when None.
            generation: of that record; the transaction's own when None.

        Raises:
            UniqueViolation: one of this kind was made in this generation already.
            NotStorable, ValueTooLong: the id does not fit the ledger.
        """
        own = self._tables.created
        await self._execute(
            own.insert().values(
                process=self._key.process,
                record=self._key.record if of is None else storable(own.c.record, of),
                target_kind=storable(own.c.target_kind, target_kind),
                generation=self._key.generation if generation is None else generation,
                target_id=storable(own.c.target_id, target_id),
                created_at=self._now,
            )
        )

    async def check(self) -> bool:
        """Whether the record has an applied row; locks it until the end.

        Raises:
            Superseded: a later change, or a later generation, was applied.
        """
        key = self._key
        row = (await self._execute(applied_row(self._tables, key))).one_or_none()
        if row is None:
            return False
        if (row.generation, row.sequence) > (key.generation, key.sequence):
            raise Superseded(f"{key}: {row.sequence} of generation {row.generation} was applied before")
        return True

    async def finish(self, exists: bool) -> None:
        """Write the applied row."""
        await self._execute(note_applied(self._tables, self._key, self._now, exists))

    async def _execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        return await uninterrupted(self._connection.engine, self._connection.execute(statement, parameters))


def _refused(area: Area) -> Execute:
    """Refuses every statement: nobody has looked at the area's tables."""

    async def refuse(
        statement: Executable,  # noqa: ARG001
        parameters: Parameters = None,  # noqa: ARG001
    ) -> CursorResult[Any]:
        raise RuntimeError(f"{area} are written in a transaction that was opened with area='{area}'")

    return refuse


@asynccontextmanager
async def transaction(
    engine: AsyncEngine,
    tables: Tables,
    shape: Shape,
    areas: Collection[Area],
    user: str,
    key: ChangeKey,
    contracts: Contracts,
    calls: Calls,
) -> AsyncIterator[Transaction]:
    """See ``EAutomate.transaction``."""
    storable(tables.applied.c.process, key.process)
    storable(tables.applied.c.record, key.record)
    now = to_ticks(datetime.now(UTC))
    async with writing(engine, lambda: UnknownOutcome(key, now)) as connection:
        work = Transaction(connection, tables, shape, areas, user, now, key, contracts, calls)
        exists = await work.check()
        yield work
        await work.finish(exists)
