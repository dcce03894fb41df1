"""Declared pauses: alive and not ready, told once, and ended by time or by the broker that is back."""

import asyncio
import contextlib
import random
from collections.abc import Iterator

import structlog

from shared import telemetry
from shared.bus.producer import Producer, PublishError

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 60.0
AWAY_LONGEST_SECONDS = 3.0
"""Between two questions whether the broker is back: one connection each, and work goes on soon after."""

log = structlog.get_logger(__name__)


class Paused(Exception):  # noqa: N818 - a state, not an error
    """Work ends for a declared pause."""


class BrokerAway(Paused):
    """No broker answers; until one does, one question every few seconds is all that is asked of it."""


class Pauses:
    """The pauses of one agent.

    Attributes:
        reason: of the pause there is now, for people.
    """

    def __init__(self, agent: str) -> None:
        """No pause yet."""
        self._agent = agent
        self._in_a_row = 0
        self.reason: str | None = None

    def worked(self) -> None:
        """A batch was finished: the next pause is a short one."""
        self._in_a_row = 0

    async def rest(self, pause: Paused, stop: asyncio.Event) -> None:
        """Wait, the longer the more pauses followed one another without work."""
        self._in_a_row += 1
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self._in_a_row, 10))
        with self._declared(str(pause)):
            await _wait(stop, longest)

    async def until_broker(self, pause: BrokerAway, producer: Producer, stop: asyncio.Event) -> None:
        """Wait until the broker takes messages again."""
        with self._declared(str(pause)):
            # A connection made before tells nothing.
            await producer.stop()
            seconds = FIRST_SECONDS
            while not stop.is_set():
                await _wait(stop, seconds)
                seconds = min(seconds * 2, AWAY_LONGEST_SECONDS)
                with contextlib.suppress(PublishError):
                    await producer.start()
                    return

    @contextlib.contextmanager
    def _declared(self, reason: str) -> Iterator[None]:
        self.reason = reason
        telemetry.PAUSES.labels(self._agent).inc()
        telemetry.PAUSED.labels(self._agent).set(1)
        log.warning("paused", agent=self._agent, reason=reason)
        try:
            yield
        finally:
            self.reason = None
            telemetry.PAUSED.labels(self._agent).set(0)


async def _wait(stop: asyncio.Event, longest: float) -> None:
    # Agents that met the same trouble do not come back in the same instant.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), longest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
