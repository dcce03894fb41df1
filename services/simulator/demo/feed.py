"""Outcomes as they come: the only thing the demo knows of what Tandem does."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.events import topics
from shared.sync.outcome import Outcome


class Feed:
    """Follows the outcomes topic from its beginning."""

    def __init__(self, bootstrap_servers: str, prefix: str) -> None:
        """Prepare; ``start`` connects."""
        self._consumer: Any = AIOKafkaConsumer(
            topics.outcomes(prefix),
            bootstrap_servers=bootstrap_servers,
            group_id=None,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )

    async def start(self) -> "Feed":
        """Connect."""
        await self._consumer.start()
        return self

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def until(
        self, enough: Callable[[], bool], tell: Callable[[Outcome], None], seconds: float, quiet: float = 0.0
    ) -> bool:
        """Hand outcomes to ``tell`` until ``enough`` says so, and then until nothing came for ``quiet`` seconds.

        Returns:
            False when the time was up first.
        """
        end = time.monotonic() + seconds
        last = time.monotonic()
        while not enough() or time.monotonic() - last < quiet:
            if time.monotonic() > end:
                return False
            for records in (await self._consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    tell(Outcome.model_validate_json(record.value))
                    last = time.monotonic()
            await asyncio.sleep(0)
        return True
