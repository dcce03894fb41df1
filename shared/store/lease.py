"""A lease: of several workers exactly one does a job, by the database's clock, with a fencing epoch.

The epoch rises each time the lease changes hands. A worker that slept through the end of its lease finds it
out by ``guard`` inside the transaction that would save its work.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Double, MetaData, String, Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import insert

from shared.store.clock import DatabaseNow


class LeaseLostError(RuntimeError):
    """Another worker holds the lease now; whatever was being done must not be saved."""


def lease_columns() -> tuple[Column[Any], ...]:
    """The columns of ``<service>_lease``, for the service's migration."""
    return (
        Column("name", String(100), primary_key=True),
        Column("holder", String(100), nullable=False),
        Column("epoch", BigInteger, nullable=False),
        Column("expires_at", Double, nullable=False),
    )


def lease_table(metadata: MetaData, service: str) -> Table:
    """The lease table of one service, called ``<service>_lease``.

    The service's name is in the table's: services that share one PostgreSQL keep to their own tables.
    """
    return Table(f"{service}_lease", metadata, *lease_columns())


class Lease:
    """One named lease as one worker sees it. Not to be shared between tasks."""

    def __init__(self, engine: AsyncEngine, table: Table, name: str, holder: str, seconds: float) -> None:
        """Describe the lease without taking it.

        Args:
            engine: the service's store.
            table: from ``lease_table``.
            name: the job.
            holder: unique to this worker *and* this start of it, e.g. host, process id and a random part.
            seconds: how long it holds without renewal.
        """
        self._engine = engine
        self._table = table
        self.name = name
        self.holder = holder
        self.seconds = seconds
        self.epoch: int | None = None
        """The epoch held, None while not holding."""

    async def acquire(self) -> int | None:
        """Take the lease if it is free or has expired.

        Returns:
            The new epoch, or None while another worker holds it.
        """
        table, now = self._table, DatabaseNow()
        free = (table.c.expires_at <= now) | (table.c.holder == self.holder)
        take = (
            update(table)
            .where(table.c.name == self.name, free)
            .values(holder=self.holder, epoch=table.c.epoch + 1, expires_at=now + self.seconds)
            .returning(table.c.epoch)
        )
        try:
            async with self._engine.begin() as connection:
                self.epoch = (await connection.execute(take)).scalar_one_or_none()
                if self.epoch is None and not await self._exists(connection):
                    first = insert(table).values(
                        name=self.name, holder=self.holder, epoch=1, expires_at=now + self.seconds
                    )
                    await connection.execute(first)
                    self.epoch = 1
        except IntegrityError:
            # Another worker made the first row between our look and our insert: it holds the lease.
            self.epoch = None
        return self.epoch

    async def renew(self) -> bool:
        """Extend the lease.

        Returns:
            False when it is lost: it had expired, or another worker took it.
        """
        if self.epoch is None:
            return False
        table, now = self._table, DatabaseNow()
        extend = (
            update(table)
            .where(table.c.name == self.name, table.c.epoch == self.epoch, table.c.expires_at > now)
            .values(expires_at=now + self.seconds)
        )
        async with self._engine.begin() as connection:
            if (await connection.execute(extend)).rowcount == 1:
                return True
        self.epoch = None
        return False

    async def release(self) -> None:
        """Let the next worker have it at once; does nothing when it is not held."""
        if self.epoch is None:
            return
        table, mine = self._table, self.epoch
        self.epoch = None
        async with self._engine.begin() as connection:
            await connection.execute(
                update(table).where(table.c.name == self.name, table.c.epoch == mine).values(expires_at=0.0)
            )

    async def guard(self, connection: AsyncConnection) -> None:
        """Fence a transaction: nobody can take the lease until it has committed.

        Raises:
            LeaseLostError: another worker has taken the lease.
        """
        table = self._table
        held = select(table.c.epoch).where(table.c.name == self.name).with_for_update()
        if self.epoch is None or (await connection.execute(held)).scalar_one_or_none() != self.epoch:
            self.epoch = None
            raise LeaseLostError(f"the lease {self.name!r} is held by another worker")

    async def _exists(self, connection: AsyncConnection) -> bool:
        row = await connection.execute(select(self._table.c.epoch).where(self._table.c.name == self.name))
        return row.scalar_one_or_none() is not None
