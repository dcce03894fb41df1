"""DDL of the ledger, for a DBA to read or for Tandem to run when it is told to."""

from sqlalchemy import DDL
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateTable, ExecutableDDLElement

from shared.eautomate.classify import translated
from shared.eautomate.engine import WRITES
from shared.eautomate.tables import Tables


async def create_ledger(engine: AsyncEngine, tables: Tables) -> None:
    """Create what is missing: the schema (SQL Server) and the tables."""

    def run(connection: Connection) -> None:
        if not tables.standin:
            connection.execute(_schema(tables))
        tables.ledger.create_all(connection)

    with translated():
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            await connection.run_sync(run)
            await connection.commit()


def ledger_ddl(engine: AsyncEngine, tables: Tables) -> str:
    """The same as text: T-SQL, or SQLite's on the stand-in."""
    parts: list[ExecutableDDLElement] = [] if tables.standin else [_schema(tables)]
    parts += [CreateTable(table) for table in tables.ledger.sorted_tables]
    statements = [str(part.compile(dialect=engine.dialect)).strip() for part in parts]
    return ";\n".join(statements) + ";\n"


def _schema(tables: Tables) -> DDL:
    # CREATE SCHEMA must stand alone in its batch. The name's characters are held by the settings' pattern.
    name = tables.ledger_schema
    return DDL(f"IF SCHEMA_ID(N'{name}') IS NULL EXEC(N'CREATE SCHEMA [{name}]')")  # type: ignore[no-untyped-call]
