"""Many rows at once, some of which may be there already; the same on PostgreSQL and SQLite."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Table, and_, false, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK = 500

T = TypeVar("T")


@cache
def insert(dialect: str, table: Table) -> Any:
    """An INSERT that may say what happens on a conflict; put together once, which takes longer than a row."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


@cache
def _whole_rows(dialect: str, table: Table) -> Any:
    statement = insert(dialect, table)
    own = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.c if column.name not in own}
    return statement.on_conflict_do_update(index_elements=own, set_=others)


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole rows, over those that exist."""
    if rows:
        await connection.execute(_whole_rows(connection.dialect.name, table), [dict(row) for row in rows])


def among(columns: Sequence[Column[Any]], keys: Iterable[Sequence[Any]]) -> ColumnElement[bool]:
    """Rows with one of these keys, so that an index over the columns is used.

    Compared as whole rows (``(a, b) IN (...)``) SQLite reads the table from end to end. So keys that differ in
    one column only share an ``IN``, and the column that differs most is that one.
    """
    rows = [tuple(key) for key in keys]
    if not rows:
        return false()
    place = max(range(len(columns)), key=lambda at: len({row[at] for row in rows}))
    alike: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        alike[row[:place] + row[place + 1 :]].append(row[place])
    others = [column for at, column in enumerate(columns) if at != place]
    return or_(
        *(
            and_(
                *(column == value for column, value in zip(others, same, strict=True)),
                columns[place].in_(found),
            )
            for same, found in alike.items()
        )
    )


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """As many at a time as a statement may name."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def rounds(keys: Sequence[str]) -> Iterable[list[int]]:
    """Places of the keys, so that no key comes twice in a round: one statement cannot write a row twice."""
    waiting = list(range(len(keys)))
    while waiting:
        seen: set[str] = set()
        now: list[int] = []
        later: list[int] = []
        for place in waiting:
            (later if keys[place] in seen else now).append(place)
            seen.add(keys[place])
        yield now
        waiting = later
