"""Somebody who works while an invented dealer is made."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from services.simulator.eautomate.client import Client


class Clerk(Client):
    """Works within the transaction that makes the dealer, on the dealer's first day."""

    def __init__(self, file: sqlite3.Connection, path: Path, now: datetime) -> None:
        super().__init__(path)
        self._open = file
        self._clock = now

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        yield self._open

    def _now(self) -> str:
        return stored(self._clock)

    def _today(self) -> date:
        return self._clock.date()


def stored(moment: date) -> str:
    """A day or a moment as a column holds it."""
    return f"{moment:%Y-%m-%d %H:%M:%S}.000000"
