"""The one place that takes connections and gives them back.

A driver runs each call in a thread that no cancelled await can stop. So a statement or COMMIT of a writing
transaction is always waited for; a cancelled reader's connection is dropped by the pool.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate.classify import is_lost, translated
from shared.eautomate.engine import WRITES
from shared.eautomate.errors import UnknownOutcome

T = TypeVar("T")

_LINES: WeakKeyDictionary[AsyncEngine, asyncio.Lock] = WeakKeyDictionary()


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
        async with _in_line(engine), engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            await uninterrupted(engine, connection.begin().start())
            yield connection
            try:
                await uninterrupted(engine, connection.commit())
            except (SQLAlchemyError, OSError) as error:
                if is_lost(error):
                    await connection.invalidate()
                    raise lost() from error
                raise


def _in_line(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    """SQLite has one writer: waiting here costs nothing, waiting in its busy handler sleeps for up to 100 ms."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _LINES.setdefault(engine, asyncio.Lock())


async def uninterrupted(engine: AsyncEngine, work: Awaitable[T]) -> T:
    """Wait for the work's end even when cancelled meanwhile; the cancellation follows then.

    The query time-out on the connection bounds the wait. SQLite's calls run here and cannot be cancelled.
    """
    if engine.dialect.name == "sqlite":
        return await work
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
