import asyncio

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from shared.eautomate.session import uninterrupted

SERVER = create_async_engine("postgresql+asyncpg://nowhere/nothing")
"""Never connected: only that it is a server's counts."""


async def test_a_cancelled_caller_still_waits_for_the_work() -> None:
    done: list[str] = []
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.sleep(0.05)
        done.append("work")

    task = asyncio.create_task(uninterrupted(SERVER, work()))
    await started.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["work"]


async def test_the_works_result_and_error_come_through() -> None:
    async def one() -> int:
        return 1

    async def broken() -> int:
        raise ValueError("broken")

    assert await uninterrupted(SERVER, one()) == 1
    with pytest.raises(ValueError, match="broken"):
        await uninterrupted(SERVER, broken())
