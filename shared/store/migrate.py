"""Schema migrations (Alembic), one history a service.

A service's migrations lie in ``services/<service>/migrations``; its version table is
``alembic_version_<service>``, so services that share one PostgreSQL do not touch each other's history.
"""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

ENVIRONMENT = Path(__file__).parent / "alembic"

# Alembic keeps the running migration in module globals: services that start together in one process would
# tear them from one another.
_ONE_AT_A_TIME = threading.Lock()
_LOOK_AGAIN_SECONDS = 0.02


async def upgrade(engine: AsyncEngine, service: str, versions: Sequence[Path]) -> None:
    """Bring one service's tables to the newest version; does nothing when they are.

    Args:
        engine: the service's store.
        service: names the version table.
        versions: folders with the migration scripts.
    """
    while not _ONE_AT_A_TIME.acquire(blocking=False):  # noqa: ASYNC110 - a lock for every loop and thread
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run, service, versions)
    finally:
        _ONE_AT_A_TIME.release()


def _run(connection: Connection, service: str, versions: Sequence[Path]) -> None:
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", "\n".join(str(path) for path in versions))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = f"alembic_version_{service}"
    if connection.dialect.name == "postgresql":
        # Two replicas may start at once; the second waits and finds nothing to do.
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"tandem:{service}"}
        )
    command.upgrade(config, "head")
    connection.commit()
