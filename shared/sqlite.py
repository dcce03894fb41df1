"""SQLite without a thread hop for each call.

The driver sends every call to a thread and back, a quarter of a millisecond each, some hundred times a record.
SQLite's own work takes microseconds. So calls run where they are made; only what may wait for another
process's lock goes to the driver's thread, and whatever follows it before it has ended.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite

SETUP = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
)
"""What every connection is told. The usual 2 MB of pages hold a small dealer's tables but not a large one's, whose
rows would be read from the file again and again; 64 MB do, and are taken only as far as there are rows."""
MAY_WAIT = ("BEGIN IMMEDIATE", "PRAGMA JOURNAL_MODE", "VACUUM", "CREATE ", "DROP ", "ALTER ")


class InlineConnection(aiosqlite.Connection):
    """The driver's connection; its calls run in the caller's thread."""

    in_thread = 0
    """Calls the driver's thread has not ended yet; their callers may have been cancelled meanwhile."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        waits = bool(args) and isinstance(args[0], str) and args[0].lstrip().upper().startswith(MAY_WAIT)
        if not waits and not self.in_thread:
            return fn(*args, **kwargs)

        def run() -> Any:
            try:
                return fn(*args, **kwargs)
            finally:
                self.in_thread -= 1

        self.in_thread += 1
        return await super()._execute(run)  # type: ignore[no-untyped-call]


def creator(path: str, timeout: float) -> Callable[..., InlineConnection]:
    """For SQLAlchemy's ``async_creator_fn``: connections to one file.

    Args:
        timeout: seconds to wait for another process's lock.
    """

    def connect(*_: Any, **__: Any) -> InlineConnection:
        made = InlineConnection(
            lambda: sqlite3.connect(Path(path), timeout=timeout, check_same_thread=False), iter_chunk_size=64
        )
        # Nobody waits for this thread at the end of the process.
        made._thread.daemon = True
        return made

    return connect
