"""What a connector remembers, in its own tables. Every write is fenced by the lease.

No method waits for anything but the database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.connector.sequences import compose, epoch_at
from shared.connector.snapshots import Snapshot
from shared.connector.tables import ConnectorTables
from shared.store.clock import DatabaseNow
from shared.store.lease import Lease

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Allocated:
    """A snapshot that got its sequence; the number is used up whatever becomes of it."""

    snapshot: Snapshot
    epoch: int
    counter: int
    children_due: bool

    @property
    def sequence(self) -> int:
        """The change's sequence."""
        return compose(self.epoch, self.counter)


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a record."""

    key: str
    order_key: str
    stamp: str | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Source:
    """The source as it is known."""

    epoch: int
    identity: str | None


class RecordStore:
    """The tables of one connector, as the holder of its lease uses them."""

    def __init__(self, engine: AsyncEngine, tables: ConnectorTables, lease: Lease) -> None:
        """Use ``begin`` before anything is allocated."""
        self._engine = engine
        self._tables = tables
        self._lease = lease
        self._epoch = 0

    async def begin(self) -> Source:
        """Start to poll: the epoch becomes the database's present time if that is higher.

        Raises:
            LeaseLostError: another replica polls.
        """
        async with self._engine.begin() as connection:
            await self._lease.guard(connection)
            return await self._raise_epoch(connection, 0, None)

    async def restored(self, identity: str | None) -> Source:
        """The source went back in time: raise the epoch and forget how far it was read.

        Args:
            identity: of the database as it is now.

        Raises:
            LeaseLostError: another replica polls.
        """
        async with self._engine.begin() as connection:
            await self._lease.guard(connection)
            source = await self._raise_epoch(connection, 1, identity)
            await connection.execute(self._tables.positions.delete())
            return source

    async def identify(self, identity: str) -> None:
        """Remember which database is read.

        Raises:
            LeaseLostError: another replica polls.
        """
        async with self._engine.begin() as connection:
            await self._lease.guard(connection)
            await connection.execute(update(self._tables.source).values(identity=identity))

    async def source(self) -> Source:
        """The source as it is known."""
        column = self._tables.source.c
        async with self._engine.connect() as connection:
            return Source(*(await connection.execute(select(column.epoch, column.identity))).one())

    async def position(self, entity: str) -> str | None:
        """How far an entity has been read, None before the first time."""
        column = self._tables.positions.c
        async with self._engine.connect() as connection:
            found = await connection.execute(select(column.position).where(column.entity == entity))
            return found.scalar_one_or_none()

    async def save_position(self, entity: str, position: str) -> None:
        """Remember how far an entity has been read.

        Raises:
            LeaseLostError: another replica polls; nothing was saved.
        """
        async with self._engine.begin() as connection:
            await self._lease.guard(connection)
            await self._save_position(connection, entity, position)

    async def allocate(
        self, entity: str, snapshots: Collection[Snapshot], *, watch_children: bool = False
    ) -> list[Allocated]:
        """Give sequences to the snapshots that differ from what was published; committed on return.

        Args:
            entity: the record kind.
            snapshots: of different keys.
            watch_children: records that are new or carry another stamp than before get their children read.

        Raises:
            LeaseLostError: another replica polls; nothing was allocated.
        """
        if not snapshots:
            return []
        async with self._engine.begin() as connection:
            await self._lease.guard(connection)
            known = await self._rows(connection, entity, [snapshot.key for snapshot in snapshots])
            changed: list[Allocated] = []
            touched: list[Snapshot] = []
            for snapshot in snapshots:
                row = known.get(snapshot.key)
                if row is None or row.published_hash != snapshot.digest or row.deleted != snapshot.deleted:
                    moved = row is None or row.children_due or row.stamp != snapshot.stamp
                    counter = 1 if row is None else row.counter + 1
                    changed.append(Allocated(snapshot, self._epoch, counter, watch_children and moved))
                elif row.stamp != snapshot.stamp:
                    touched.append(snapshot)
            await self._insert(connection, entity, [one for one in changed if one.snapshot.key not in known])
            await self._count(connection, entity, [one for one in changed if one.snapshot.key in known])
            await self._touch(connection, entity, touched, watch_children)
            return changed

    async def mark(self, entity: str, published: Sequence[Allocated], position: str | None = None) -> None:
        """Remember what the broker acknowledged and, in one transaction with it, how far was read.

        Raises:
            LeaseLostError: another replica polls; nothing was marked, and it publishes these again.
        """
        if not published and position is None:
            return
        records, now = self._tables.records, datetime.now(UTC)
        statement = (
            update(records)
            .where(
                records.c.entity == entity,
                records.c.key == bindparam("b_key"),
                records.c.epoch == bindparam("b_epoch"),
                records.c.counter == bindparam("b_counter"),
            )
            .values(
                published_hash=bindparam("b_hash"),
                order_key=bindparam("b_order"),
                stamp=bindparam("b_stamp"),
                deleted=bindparam("b_deleted"),
                children_due=bindparam("b_due"),
                published_at=now,
            )
        )
        async with self._engine.begin() as connection:
            await self._lease.guard(connection)
            if published:
                await connection.execute(
                    statement,
                    [
                        {
                            "b_key": one.snapshot.key,
                            "b_epoch": one.epoch,
                            "b_counter": one.counter,
                            "b_hash": one.snapshot.digest,
                            "b_order": one.snapshot.order_key,
                            "b_stamp": one.snapshot.stamp,
                            "b_deleted": one.snapshot.deleted,
                            "b_due": one.children_due,
                        }
                        for one in published
                    ],
                )
            if position is not None:
                await self._save_position(connection, entity, position)

    async def known(self, entity: str, order_key: str | None = None) -> list[Known]:
        """Every record of an entity, deleted ones too; with an order key only those that carry it."""
        column = self._tables.records.c
        wanted = select(column.key, column.order_key, column.stamp, column.deleted).where(
            column.entity == entity
        )
        if order_key is not None:
            wanted = wanted.where(column.order_key == order_key)
        async with self._engine.connect() as connection:
            return [Known(*row) for row in await connection.execute(wanted)]

    async def count(self, entity: str) -> int:
        """How many records of an entity are there and not deleted."""
        column = self._tables.records.c
        wanted = select(func.count()).where(column.entity == entity, column.deleted.is_(False))
        async with self._engine.connect() as connection:
            return int((await connection.execute(wanted)).scalar_one())

    async def children_due(self, entity: str, limit: int) -> list[str]:
        """Keys of records whose children must be read, at most ``limit``."""
        column = self._tables.records.c
        wanted = select(column.key).where(column.entity == entity, column.children_due.is_(True)).limit(limit)
        async with self._engine.connect() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def set_children_due(self, entity: str, keys: Collection[str] | None, due: bool) -> None:
        """Ask for the children of records (None = all not deleted), or note they were read.

        Raises:
            LeaseLostError: another replica polls; nothing was saved.
        """
        records = self._tables.records
        change = update(records).where(records.c.entity == entity).values(children_due=due)
        if keys is None:
            change = change.where(records.c.deleted.is_(False))
        else:
            change = change.where(records.c.key.in_(keys))
        async with self._engine.begin() as connection:
            await self._lease.guard(connection)
            await connection.execute(change)

    async def _raise_epoch(
        self, connection: AsyncConnection, least_step: int, identity: str | None
    ) -> Source:
        source = self._tables.source
        now = epoch_at((await connection.execute(select(DatabaseNow()))).scalar_one())
        row = (await connection.execute(select(source.c.epoch, source.c.identity))).one_or_none()
        if row is None:
            held = Source(now, identity)
            await connection.execute(insert(source).values(id=1, epoch=held.epoch, identity=identity))
        else:
            held = Source(max(now, row.epoch + least_step), identity or row.identity)
            await connection.execute(update(source).values(epoch=held.epoch, identity=held.identity))
        self._epoch = held.epoch
        return held

    async def _rows(
        self, connection: AsyncConnection, entity: str, keys: Sequence[str]
    ) -> dict[str, Row[tuple[object, ...]]]:
        column = self._tables.records.c
        found: dict[str, Row[tuple[object, ...]]] = {}
        for start in range(0, len(keys), _CHUNK):
            wanted = select(
                column.key,
                column.counter,
                column.published_hash,
                column.stamp,
                column.deleted,
                column.children_due,
            ).where(column.entity == entity, column.key.in_(keys[start : start + _CHUNK]))
            found |= {row.key: row for row in await connection.execute(wanted)}
        return found

    async def _insert(self, connection: AsyncConnection, entity: str, new: Sequence[Allocated]) -> None:
        if not new:
            return
        await connection.execute(
            insert(self._tables.records),
            [
                {
                    "entity": entity,
                    "key": one.snapshot.key,
                    "order_key": one.snapshot.order_key,
                    "epoch": one.epoch,
                    "counter": one.counter,
                    "published_hash": None,
                    "stamp": None,
                    "deleted": False,
                    "children_due": False,
                    "published_at": None,
                }
                for one in new
            ],
        )

    async def _count(self, connection: AsyncConnection, entity: str, changed: Sequence[Allocated]) -> None:
        if not changed:
            return
        records = self._tables.records
        statement = (
            update(records)
            .where(records.c.entity == entity, records.c.key == bindparam("b_key"))
            .values(epoch=bindparam("b_epoch"), counter=bindparam("b_counter"))
        )
        await connection.execute(
            statement,
            [{"b_key": one.snapshot.key, "b_epoch": one.epoch, "b_counter": one.counter} for one in changed],
        )

    async def _touch(
        self, connection: AsyncConnection, entity: str, touched: Sequence[Snapshot], due: bool
    ) -> None:
        if not touched:
            return
        records = self._tables.records
        statement = update(records).where(records.c.entity == entity, records.c.key == bindparam("b_key"))
        # Children may have moved the stamp of a record whose own content is as before.
        values: dict[str, object] = {"stamp": bindparam("b_stamp")} | ({"children_due": True} if due else {})
        await connection.execute(
            statement.values(values), [{"b_key": one.key, "b_stamp": one.stamp} for one in touched]
        )

    async def _save_position(self, connection: AsyncConnection, entity: str, position: str) -> None:
        positions = self._tables.positions
        values = {"position": position, "lease_epoch": self._lease.epoch or 0, "saved_at": datetime.now(UTC)}
        change = update(positions).where(positions.c.entity == entity).values(values)
        if (await connection.execute(change)).rowcount == 0:
            await connection.execute(insert(positions).values(entity=entity, **values))
