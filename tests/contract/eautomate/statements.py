"""Records the statements a test runs, and shows that each is valid for SQL Server whatever it ran on."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlglot
from sqlalchemy import event
from sqlalchemy.dialects.mssql.pyodbc import MSDialect_pyodbc
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.elements import ClauseElement

SQL_SERVER = MSDialect_pyodbc(deprecate_large_types=True)  # type: ignore[no-untyped-call]


def for_sql_server(statement: ClauseElement) -> str:
    """The statement as SQL Server would get it."""
    options = {"render_postcompile": True}
    return str(statement.compile(dialect=SQL_SERVER, compile_kwargs=options))


@cache
def parse(statement: str) -> None:
    """Fail when T-SQL's grammar does not know the statement."""
    parsed = sqlglot.parse(statement, dialect="tsql", error_level=sqlglot.ErrorLevel.RAISE)
    assert parsed
    assert all(part is not None for part in parsed), statement


@contextmanager
def valid_for_sql_server(engine: AsyncEngine) -> Iterator[None]:
    """Whatever is run on the engine meanwhile must be T-SQL; what was seen before in other tests is not read again."""
    met: dict[str, ClauseElement] = {}

    def note(_connection: Any, _cursor: Any, text: str, _values: Any, context: Any, _many: bool) -> None:
        if context.compiled is not None and text not in _READ:
            met[text] = context.compiled.statement

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
    for text, statement in met.items():
        parse(for_sql_server(statement))
        _READ.add(text)


_READ: set[str] = set()


@contextmanager
def recorded(engine: AsyncEngine) -> Iterator[list[ClauseElement]]:
    """Every statement run on the engine meanwhile."""
    seen: list[ClauseElement] = []

    def note(_connection: Any, statement: Any, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_execute", note)
