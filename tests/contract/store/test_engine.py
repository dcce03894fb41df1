import asyncio
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from shared.config import StoreSettings
from shared.store.engine import open_store, reading, sqlite_engine
from shared.store.types import UtcTime
from tests.contract.store.counting import METADATA, NUMBER, count

PROCESSES = 8
TIMES = 25


async def _zero(store_settings: StoreSettings) -> None:
    store = open_store(store_settings, "counting")
    async with store.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.execute(insert(NUMBER).values(value=0))
    await store.dispose()


async def _value(store_settings: StoreSettings) -> int:
    store = open_store(store_settings, "counting")
    async with reading(store) as connection:
        value: int = (await connection.execute(select(NUMBER.c.value))).scalar_one()
    await store.dispose()
    return value


async def test_processes_that_read_then_write_wait_for_one_another(store_settings: StoreSettings) -> None:
    await _zero(store_settings)
    url = store_settings.url.get_secret_value()
    workers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.contract.store.counting", url, str(TIMES),
            stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3],
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    faults = [(await worker.communicate())[1].decode() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * PROCESSES, faults
    assert await _value(store_settings) == PROCESSES * TIMES


async def test_tasks_that_read_then_write_wait_for_one_another(store_settings: StoreSettings) -> None:
    await _zero(store_settings)
    url = store_settings.url.get_secret_value()
    await asyncio.gather(*(count(url, TIMES) for _ in range(PROCESSES)))
    assert await _value(store_settings) == PROCESSES * TIMES


async def test_reading_does_not_wait_for_a_writer(store_settings: StoreSettings) -> None:
    await _zero(store_settings)
    store = open_store(store_settings, "counting")
    async with store.begin() as writer:
        await writer.execute(NUMBER.update().values(value=5))
        async with asyncio.timeout(5):
            assert await _value(store_settings) == 0
    assert await _value(store_settings) == 5
    await store.dispose()


async def test_a_connection_that_read_writes_again_afterwards(tmp_path: Path) -> None:
    store = sqlite_engine(str(tmp_path / "a.db"))
    async with store.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    for _ in range(3):
        async with reading(store) as connection:
            await connection.execute(select(NUMBER))
        async with store.begin() as connection:
            await connection.execute(insert(NUMBER).values(value=1))
            other = sqlite_engine(str(tmp_path / "a.db"))
            async with reading(other) as reader:
                await reader.execute(select(NUMBER))
            await other.dispose()
    await store.dispose()


async def test_a_stored_time_comes_back_in_utc(store_settings: StoreSettings) -> None:
    metadata = MetaData()
    table = Table("stamp", metadata, Column("id", Integer, primary_key=True), Column("at", UtcTime))
    store = open_store(store_settings, "stamps")
    noon = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    async with store.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(insert(table).values(id=1, at=noon))
    async with reading(store) as connection:
        found = (await connection.execute(select(table.c.at))).scalar_one()
    await store.dispose()
    assert found == noon
    assert found.tzinfo is UTC


async def test_a_time_without_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), sqlite_engine(str(tmp_path / "a.db")).dialect)  # noqa: DTZ001
