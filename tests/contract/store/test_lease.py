import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.config import StoreSettings
from shared.store.engine import open_store
from shared.store.lease import Lease, LeaseLostError, lease_table

METADATA = MetaData()
TABLE = lease_table(METADATA, "demo")


@pytest.fixture
async def store(store_settings: StoreSettings) -> AsyncIterator[AsyncEngine]:
    engine = open_store(store_settings, "demo")
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield engine
    await engine.dispose()


def lease(store: AsyncEngine, holder: str, seconds: float = 30.0) -> Lease:
    return Lease(store, TABLE, "job", holder, seconds)


async def test_one_of_many_workers_gets_it(store: AsyncEngine) -> None:
    epochs = await asyncio.gather(*(lease(store, f"w{number}").acquire() for number in range(8)))
    assert sorted(epochs, key=str) == [1] + [None] * 7


async def test_it_holds_while_it_is_renewed(store: AsyncEngine) -> None:
    mine = lease(store, "a", seconds=0.6)
    await mine.acquire()
    for _ in range(4):
        await asyncio.sleep(0.2)
        assert await mine.renew()
        assert await lease(store, "b").acquire() is None


async def test_an_expired_lease_goes_to_the_next_with_a_higher_epoch(store: AsyncEngine) -> None:
    mine, theirs = lease(store, "a", seconds=0.1), lease(store, "b")
    await mine.acquire()
    await asyncio.sleep(0.2)
    assert await theirs.acquire() == 2
    assert not await mine.renew()
    assert mine.epoch is None


async def test_an_expired_lease_is_not_renewed_even_if_nobody_took_it(store: AsyncEngine) -> None:
    mine = lease(store, "a", seconds=0.1)
    await mine.acquire()
    await asyncio.sleep(0.2)
    assert not await mine.renew()
    assert await mine.acquire() == 2


async def test_a_released_lease_is_free_at_once(store: AsyncEngine) -> None:
    mine = lease(store, "a")
    await mine.acquire()
    await mine.release()
    assert await lease(store, "b").acquire() == 2


async def test_releasing_late_does_not_take_it_from_the_next(store: AsyncEngine) -> None:
    mine, theirs = lease(store, "a", seconds=0.1), lease(store, "b")
    await mine.acquire()
    await asyncio.sleep(0.2)
    await theirs.acquire()
    await mine.release()
    assert await theirs.renew()


async def test_work_of_a_worker_that_lost_it_is_fenced_off(store: AsyncEngine) -> None:
    mine = lease(store, "a", seconds=0.1)
    await mine.acquire()
    async with store.begin() as connection:
        await mine.guard(connection)
    await asyncio.sleep(0.2)
    await lease(store, "b").acquire()
    with pytest.raises(LeaseLostError):
        async with store.begin() as connection:
            await mine.guard(connection)


async def test_leases_of_other_jobs_are_independent(store: AsyncEngine) -> None:
    await lease(store, "a").acquire()
    assert await Lease(store, TABLE, "another job", "b", 30.0).acquire() == 1
