"""A process of its own that reads a number and writes one more, many times.

Run as ``python -m tests.contract.store.counting URL TIMES``.
"""

import asyncio
import sys

from pydantic import SecretStr
from sqlalchemy import Column, Integer, MetaData, Table, select, update

from shared.config import StoreSettings
from shared.store.engine import open_store

METADATA = MetaData()
NUMBER = Table("number", METADATA, Column("value", Integer, nullable=False))


async def count(url: str, times: int) -> None:
    """Read, then write, in one transaction; the shape that breaks deferred transactions."""
    store = open_store(StoreSettings(url=SecretStr(url)), "counting")
    for _ in range(times):
        async with store.begin() as connection:
            value = (await connection.execute(select(NUMBER.c.value).with_for_update())).scalar_one()
            await connection.execute(update(NUMBER).values(value=value + 1))
    await store.dispose()


if __name__ == "__main__":
    asyncio.run(count(sys.argv[1], int(sys.argv[2])))
