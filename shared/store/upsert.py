"""Writing many rows at once, some of which may be there already; the same on PostgreSQL and SQLite."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

CHUNK = 500

T = TypeVar("T")


def insert(engine: AsyncEngine, table: Any) -> Any:
    """An INSERT that may say what happens on a conflict."""
    return (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(table)


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
