"""Writing rows over those that are there; the same on PostgreSQL and SQLite."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK = 200

T = TypeVar("T")


def insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | Any:
    """An insert that may say what to do about a row that exists."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole rows, over those that exist."""
    if not rows:
        return
    statement = insert(connection, table)
    own = [column.name for column in table.primary_key]
    others = {
        name: statement.excluded[name] for name in (column.name for column in table.c) if name not in own
    }
    await connection.execute(
        statement.on_conflict_do_update(index_elements=own, set_=others), [dict(row) for row in rows]
    )


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Parts of a list that fit into one statement."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
