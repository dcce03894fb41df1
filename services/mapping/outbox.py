"""The outbox as the publisher sees it: what waits, what was sent, what must go again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping.messages import Outgoing, headers_from_text
from services.mapping.queries import backlog
from services.mapping.tables import OUTBOX
from shared.store.engine import reading
from shared.store.lease import Lease


@dataclass(frozen=True, slots=True)
class Waiting:
    """An outbox row that has not been sent."""

    id: int
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits, and for how long the oldest has."""

    messages: int
    oldest_seconds: float


class Outbox:
    """Reads and marks the rows of the outbox.

    Args:
        engine: the service's store.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def next(self, most: int) -> list[Waiting]:
        """The oldest unsent messages, in the order they must be sent."""
        unsent = select(OUTBOX).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id).limit(most)
        async with reading(self._engine) as connection:
            return [
                Waiting(
                    row.id, Outgoing(row.target, row.message_key, row.value, headers_from_text(row.headers))
                )
                for row in await connection.execute(unsent)
            ]

    async def mark_sent(self, rows: Sequence[Waiting], lease: Lease) -> None:
        """Record that the broker has them.

        Raises:
            LeaseLostError: another worker took over in the meantime; nothing was marked.
        """
        sent = OUTBOX.c.id.in_([row.id for row in rows])
        async with self._engine.begin() as connection:
            await lease.guard(connection)
            await connection.execute(update(OUTBOX).where(sent).values(sent_at=datetime.now(UTC)))

    async def reopen(self, first: int) -> None:
        """Have everything from row ``first`` on sent again, by whoever holds the lease.

        For a worker that finds out that it sent without holding the lease: its late messages may lie behind
        newer ones on the compacted topic, where the last one counts.
        """
        again = (OUTBOX.c.id >= first) & OUTBOX.c.sent_at.is_not(None)
        async with self._engine.begin() as connection:
            await connection.execute(update(OUTBOX).where(again).values(sent_at=None))

    async def forget(self, keep_days: int) -> None:
        """Delete what was sent more than ``keep_days`` ago."""
        before = datetime.now(UTC) - timedelta(days=keep_days)
        async with self._engine.begin() as connection:
            await connection.execute(delete(OUTBOX).where(OUTBOX.c.sent_at < before))

    async def backlog(self) -> Backlog:
        """What waits now."""
        async with reading(self._engine) as connection:
            count, oldest = await backlog(connection)
        age = 0.0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds()
        return Backlog(messages=count, oldest_seconds=max(0.0, age))
