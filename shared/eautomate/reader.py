"""Reading one kind of record: snapshots by rowversion window, id, number or scan, and what lies beside the rows.

A page takes a handful of statements whatever its size: rows, property values, configurations, and what the
kind adds in lists.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any, Generic

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import statements
from shared.eautomate.owners import Owner
from shared.eautomate.properties import NO_CONFIGURATION, Configuration, PropertyReader, Values
from shared.eautomate.rows import Beside, Changes, Keyset, R, hex_version
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import fits

PAGE = 500
CHUNK = 1000
"""Ids in one statement; SQL Server takes at most 2,100 parameters."""

Fields = dict[str, Any]


class RecordReader(Generic[R]):
    """Reads of one table and its property values."""

    def __init__(
        self, engine: AsyncEngine, tables: Tables, owner: Owner, rows: Select[Any], bare: Select[Any]
    ) -> None:
        """Prepare.

        Args:
            owner: whose records.
            rows: what a snapshot is made of.
            bare: what ``_beside_the_rows`` needs of a row.
        """
        self._engine = engine
        self._tables = tables
        self._owner = owner
        self._rows = rows
        self._bare = bare
        self._properties = PropertyReader(owner.names)

    async def changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes[R]:
        """A page of records whose rowversion lies in ``[low, high)``, in rowversion order.

        Args:
            low, high: 8 bytes each, big-endian; ``high`` from ``Clock.window``.
            after: ``next`` of the page before.
        """
        page = statements.changed(self._rows, self._owner, low, high, after, limit)
        async with reading(self._engine) as connection:
            rows = (await connection.execute(page)).all()
            found = await self._snapshots(connection, rows)
        last = rows[-1] if len(rows) == limit else None
        return Changes(found, Keyset(bytes(last.timestamp), self._key(last)) if last is not None else None)

    async def by_id(self, ids: Iterable[int]) -> dict[int, R]:
        """Snapshots by id; an id that is gone is absent."""
        found: dict[int, R] = {}
        for chunk in chunks(set(ids)):
            for record in await self._read(statements.by_id(self._rows, self._owner, chunk)):
                found[int(record.subject)] = record
        return found

    async def by_number(self, numbers: Iterable[str]) -> list[R]:
        """Records with one of the numbers, trimmed, whatever their case."""
        column = self._owner.table.c[self._owner.number]
        wanted = {number.strip() for number in numbers}
        found: list[R] = []
        for chunk in chunks({number for number in wanted if number and fits(column, number)}):
            found += await self._read(statements.by_number(self._rows, self._owner, chunk))
        return found

    async def scan(self, after_id: int = 0, limit: int = PAGE) -> list[R]:
        """A page of all records with an id above ``after_id``, by id; empty after the last."""
        return await self._read(statements.scan(self._rows, self._owner, after_id, limit))

    async def beside(self, page: int = 5000) -> AsyncIterator[list[Beside]]:
        """What may change without the rows moving, of every record, in pages by id; two statements a page.

        For the pass that compares in full: foreign SQL on property values, a renamed code and a contract that
        runs out move no rowversion of the record.
        """
        async with reading(self._engine) as connection:
            configurations = await self._configurations(connection)
            beside_the_row = await self._beside_the_rows(connection)
        after = 0
        while True:
            async with reading(self._engine) as connection:
                bare = statements.scan(self._bare, self._owner, after, page)
                rows = (await connection.execute(bare)).all()
                if not rows:
                    return
                values = await self._values_between(connection, after, self._key(rows[-1]))
            found = []
            for row in rows:
                fields = self._property_fields(row, values, configurations) | beside_the_row(row)
                found.append(Beside(self._key(row), fields, hex_version(row.timestamp)))
            yield found
            after = self._key(rows[-1])

    async def _beside_the_rows(self, connection: AsyncConnection) -> Callable[[Row[Any]], Fields]:
        """What the kind adds to ``Beside.fields``, from a bare row."""
        raise NotImplementedError

    async def _records(self, connection: AsyncConnection, rows: Sequence[tuple[Row[Any], Fields]]) -> list[R]:
        """Snapshots of rows with their property fields."""
        raise NotImplementedError

    async def _read(self, statement: Select[Any]) -> list[R]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statement)).all()
            return await self._snapshots(connection, rows)

    async def _snapshots(self, connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[R]:
        if not rows:
            return []
        values: Values = {}
        owner = self._owner.properties.c[self._owner.key]
        for chunk in chunks({self._key(row) for row in rows}):
            wanted = statements.values(self._tables, self._owner).where(owner.in_(chunk))
            values |= self._properties.values((await connection.execute(wanted)).all())
        configurations = await self._configurations(connection)
        return await self._records(
            connection, [(row, self._property_fields(row, values, configurations)) for row in rows]
        )

    def _property_fields(
        self, row: Row[Any], values: Values, configurations: Mapping[int, Configuration]
    ) -> Fields:
        held = configurations.get(row.ShTrackingConfigID, NO_CONFIGURATION)
        return {
            "configuration": held.name,
            "storable_properties": held.storable,
            "properties": dict(sorted(values.get(self._key(row), {}).items())),
        }

    async def _configurations(self, connection: AsyncConnection) -> dict[int, Configuration]:
        wanted = statements.configurations(self._tables, self._owner)
        return self._properties.configurations((await connection.execute(wanted)).all())

    async def _values_between(self, connection: AsyncConnection, after: int, last: int) -> Values:
        owner = self._owner.properties.c[self._owner.key]
        wanted = statements.values(self._tables, self._owner).where(owner > after, owner <= last)
        return self._properties.values((await connection.execute(wanted)).all())

    def _key(self, row: Row[Any]) -> int:
        return int(row._mapping[self._owner.key])


def chunks(wanted: set[Any]) -> list[list[Any]]:
    """Sorted, at most ``CHUNK`` a list."""
    whole = sorted(wanted)
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]
