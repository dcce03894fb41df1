"""The one place that takes connections and gives them back.

A driver runs each call in a thread that no cancelled await can stop. So a statement or COMMIT of a writing
transaction is always waited for; a cancelled reader's connection is dropped by the pool.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate.classify import is_lost, translated
from shared.eautomate.engine import WRITES
from shared.eautomate.errors import UnknownOutcome

T = TypeVar("T")


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection to read from, rolled back at the end.

    Raises:
        TransientError, PermanentError: what the database said.
    """
    with translated():
        async with engine.connect() as connection:
            yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine, lost: Callable[[], UnknownOutcome]) -> AsyncIterator[AsyncConnection]:
    """One transaction: committed at the end of the block, rolled back when anything leaves it.

    Args:
        lost: makes the error for a COMMIT without an answer.

    Raises:
        TransientError, PermanentError: what the database said; nothing was written.
        UnknownOutcome: COMMIT was sent and its answer lost.
    """
    with translated():
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            await uninterrupted(connection.begin().start())
            yield connection
            try:
                await uninterrupted(connection.commit())
            except (SQLAlchemyError, OSError) as error:
                if is_lost(error):
                    await connection.invalidate()
                    raise lost() from error
                raise


async def uninterrupted(work: Awaitable[T]) -> T:
    """Wait for the work's end even when cancelled meanwhile; the cancellation follows then.

    The query time-out on the connection bounds the wait.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # seen; the cancellation goes first
        raise cancelled
    return task.result()
