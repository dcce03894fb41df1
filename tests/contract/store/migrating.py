"""A process of its own that migrates: ``python -m tests.contract.store.migrating URL``."""

import asyncio
import sys

from pydantic import SecretStr

from services.mapping.app import MIGRATIONS
from shared.config import StoreSettings
from shared.store.engine import open_store
from shared.store.migrate import upgrade


async def migrate(url: str) -> None:
    """As a replica does when it starts."""
    store = open_store(StoreSettings(url=SecretStr(url)), "mapping")
    await upgrade(store, "mapping", [MIGRATIONS])
    await store.dispose()


if __name__ == "__main__":
    asyncio.run(migrate(sys.argv[1]))
