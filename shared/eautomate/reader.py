"""Reading one kind of record: snapshots by rowversion window, id, number or scan, and what lies beside the rows.

A page takes a handful of statements whatever its size: rows, and what the kind adds in lists.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Generic

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import statements
from shared.eautomate.owners import Kind
from shared.eautomate.rows import Beside, Changes, Keyset, R, hex_version
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import fits

PAGE = 500
CHUNK = 1000
"""Ids in one statement; SQL Server takes at most 2,100 parameters."""

Fields = dict[str, Any]
FieldsOf = Callable[[Row[Any]], Fields]


class RecordReader(Generic[R]):
    """Reads of one table and what belongs to its rows."""

    def __init__(
        self, engine: AsyncEngine, tables: Tables, kind: Kind, rows: Select[Any], bare: Select[Any]
    ) -> None:
        """Prepare.

        Args:
            rows: what a snapshot is made of.
            bare: what is compared in full needs of a row.
        """
        self._engine = engine
        self._tables = tables
        self._kind = kind
        self._rows = rows
        self._bare = bare

    async def changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes[R]:
        """A page of records whose rowversion lies in ``[low, high)``, in rowversion order.

        Args:
            low, high: 8 bytes each, big-endian; ``high`` from ``Clock.window``.
            after: ``next`` of the page before.
        """
        page = statements.changed(self._rows, self._kind, low, high, after, limit)
        async with reading(self._engine) as connection:
            rows = (await connection.execute(page)).all()
            found = await self._snapshots(connection, rows)
        last = rows[-1] if len(rows) == limit else None
        return Changes(found, Keyset(bytes(last.timestamp), self._key(last)) if last is not None else None)

    async def by_id(self, ids: Iterable[int]) -> dict[int, R]:
        """Snapshots by id; an id that is gone is absent."""
        found: dict[int, R] = {}
        for chunk in chunks(set(ids)):
            for record in await self._read(statements.by_id(self._rows, self._kind, chunk)):
                found[int(record.subject)] = record
        return found

    async def by_number(self, numbers: Iterable[str]) -> list[R]:
        """Records with one of the numbers, trimmed, whatever their case."""
        column = self._kind.table.c[self._kind.number]
        wanted = {number.strip() for number in numbers}
        found: list[R] = []
        for chunk in chunks({number for number in wanted if number and fits(column, number)}):
            found += await self._read(statements.by_number(self._rows, self._kind, chunk))
        return found

    async def scan(self, after_id: int = 0, limit: int = PAGE) -> list[R]:
        """A page of all records with an id above ``after_id``, by id; empty after the last."""
        return await self._read(statements.scan(self._rows, self._kind, after_id, limit))

    async def beside(self, page: int = 5000) -> AsyncIterator[list[Beside]]:
        """What may change without the rows moving, of every record, in pages by id; a few statements a page.

        For the pass that compares in full: foreign SQL on property values, a contract's lines, a renamed code
        and a contract that runs out move no rowversion of the record.
        """
        async with reading(self._engine) as connection:
            fields = await self._once(connection)
        after = 0
        while True:
            async with reading(self._engine) as connection:
                bare = statements.scan(self._bare, self._kind, after, page)
                rows = (await connection.execute(bare)).all()
                if not rows:
                    return
                of_page = await self._between(connection, after, self._key(rows[-1]))
            yield [Beside(self._key(row), of_page(row) | fields(row), self._version(row)) for row in rows]
            after = self._key(rows[-1])

    async def _once(self, connection: AsyncConnection) -> FieldsOf:
        """What ``Beside.fields`` takes from a bare row and tables that are read whole."""
        raise NotImplementedError

    async def _between(self, connection: AsyncConnection, after: int, last: int) -> FieldsOf:
        """What ``Beside.fields`` takes from other rows of the records with ``after < id <= last``."""
        raise NotImplementedError

    async def _snapshots(self, connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[R]:
        """Records of rows, in their order."""
        raise NotImplementedError

    async def _read(self, statement: Select[Any]) -> list[R]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statement)).all()
            return await self._snapshots(connection, rows)

    def _key(self, row: Row[Any]) -> int:
        return int(row._mapping[self._kind.key])

    def _version(self, row: Row[Any]) -> str:
        """16 hex digits that move when the row does."""
        return hex_version(row.timestamp)


def chunks(wanted: set[Any]) -> list[list[Any]]:
    """Sorted, at most ``CHUNK`` a list."""
    whole = sorted(wanted)
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]
