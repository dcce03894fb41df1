"""Reading records that carry custom properties: their rows, property values and configurations."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import statements
from shared.eautomate.owners import Owner
from shared.eautomate.properties import NO_CONFIGURATION, Configuration, PropertyReader, Values
from shared.eautomate.reader import Fields, FieldsOf, RecordReader, chunks
from shared.eautomate.rows import R
from shared.eautomate.tables import Tables


class PropertyRecords(RecordReader[R]):
    """Reads of one table and its property values; two statements a page more."""

    def __init__(
        self, engine: AsyncEngine, tables: Tables, owner: Owner, rows: Select[Any], bare: Select[Any]
    ) -> None:
        """As ``RecordReader``."""
        super().__init__(engine, tables, owner, rows, bare)
        self._owner = owner
        self._properties = PropertyReader(owner.names)

    async def _beside_the_rows(self, connection: AsyncConnection) -> FieldsOf:
        """What the kind adds to ``Beside.fields``, from a bare row."""
        raise NotImplementedError

    async def _records(self, connection: AsyncConnection, rows: Sequence[tuple[Row[Any], Fields]]) -> list[R]:
        """Snapshots of rows with their property fields."""
        raise NotImplementedError

    async def _once(self, connection: AsyncConnection) -> FieldsOf:
        configurations = await self._configurations(connection)
        beside_the_row = await self._beside_the_rows(connection)
        return lambda row: _configuration(row, configurations) | beside_the_row(row)

    async def _between(self, connection: AsyncConnection, after: int, last: int) -> FieldsOf:
        owner = self._owner.properties.c[self._owner.key]
        wanted = statements.values(self._tables, self._owner).where(owner > after, owner <= last)
        values = self._properties.values((await connection.execute(wanted)).all())
        return lambda row: self._values(row, values)

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
            connection,
            [(row, _configuration(row, configurations) | self._values(row, values)) for row in rows],
        )

    async def _configurations(self, connection: AsyncConnection) -> dict[int, Configuration]:
        wanted = statements.configurations(self._tables, self._owner)
        return self._properties.configurations((await connection.execute(wanted)).all())

    def _values(self, row: Row[Any], values: Values) -> Fields:
        return {"properties": dict(sorted(values.get(self._key(row), {}).items()))}


def _configuration(row: Row[Any], configurations: Mapping[int, Configuration]) -> Fields:
    held = configurations.get(row.ShTrackingConfigID, NO_CONFIGURATION)
    return {"configuration": held.name, "storable_properties": held.storable}
