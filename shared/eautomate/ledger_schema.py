"""DDL of the ledger, for a DBA to read or for Tandem to run when it is told to."""

from sqlalchemy import DDL
from sqlalchemy.dialects import mssql
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateTable

from shared.eautomate.classify import translated
from shared.eautomate.engine import WRITES
from shared.eautomate.rights import bracketed
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


def ledger_ddl(tables: Tables) -> str:
    """The same as T-SQL, for a DBA to run; what is there already is left alone."""
    dialect = mssql.dialect(deprecate_large_types=True)  # type: ignore[no-untyped-call]
    statements = [str(_schema(tables).compile(dialect=dialect))]
    for table in tables.ledger.sorted_tables:
        made = str(CreateTable(table).compile(dialect=dialect)).strip()
        statements.append(f"IF OBJECT_ID(N'{bracketed(table)}') IS NULL\n{made}")
    return ";\n".join(statements) + ";\n"


def _schema(tables: Tables) -> DDL:
    # CREATE SCHEMA must stand alone in its batch. The name's characters are held by the settings' pattern.
    name = tables.ledger_schema
    return DDL(f"IF SCHEMA_ID(N'{name}') IS NULL EXEC(N'CREATE SCHEMA [{name}]')")  # type: ignore[no-untyped-call]
