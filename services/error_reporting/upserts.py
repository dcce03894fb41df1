"""Writing rows over those that are there; the same on PostgreSQL and SQLite."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK = 200

T = TypeVar("T")


@cache
def insert(dialect: str, table: Table) -> postgresql.Insert | Any:
    """An insert that may say what to do about a row that exists; put together once, which takes longer than a row."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


@cache
def _whole_rows(dialect: str, table: Table) -> Any:
    statement = insert(dialect, table)
    own = [column.name for column in table.primary_key]
    others = {
        name: statement.excluded[name] for name in (column.name for column in table.c) if name not in own
    }
    return statement.on_conflict_do_update(index_elements=own, set_=others)


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole rows, over those that exist."""
    if rows:
        await connection.execute(_whole_rows(connection.dialect.name, table), [dict(row) for row in rows])


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Parts of a list that fit into one statement."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
