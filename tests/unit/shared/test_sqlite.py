import asyncio
import contextlib
import sqlite3
import time
from pathlib import Path

from sqlalchemy import text

from shared.store.engine import sqlite_engine


async def test_a_writer_cancelled_while_it_waits_for_the_lock_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = sqlite_engine(str(tmp_path / "store.db"))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER)"))
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write(value: int) -> None:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO t VALUES (:value)"), {"value": value})

    began = time.monotonic()
    waiting = asyncio.create_task(write(1))
    await asyncio.sleep(0.2)
    waiting.cancel()
    asyncio.get_running_loop().call_later(0.3, other.execute, "COMMIT")
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    await write(2)
    # Called where it is made, a rollback would have held up the loop until the driver gave up: 30 seconds.
    assert time.monotonic() - began < 10
    # Nobody holds the lock any more: another process writes at once.
    other.execute("PRAGMA busy_timeout=1000")
    other.execute("INSERT INTO t VALUES (3)")
    assert [row[0] for row in other.execute("SELECT a FROM t ORDER BY a")] == [2, 3]
    await engine.dispose()


async def test_the_loop_goes_on_while_a_writer_waits_for_another_process(tmp_path: Path) -> None:
    engine = sqlite_engine(str(tmp_path / "store.db"))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER)"))
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.2, other.execute, "COMMIT")
    async with asyncio.timeout(10), engine.begin() as connection:
        await connection.execute(text("INSERT INTO t VALUES (1)"))
    await engine.dispose()
