"""How far a worker is, and whether the broker answers."""

import contextlib
from collections.abc import Iterable
from typing import Any

from aiokafka.errors import KafkaError

from shared import telemetry
from shared.bus.offsets import Offsets
from shared.bus.progress import STALL_SECONDS, Progress
from shared.config import KafkaSettings


class Watch:
    """Asks the broker where the worker's partitions end, over a connection of its own.

    Args:
        topic: asked for while nothing is assigned: who has nothing to do still has to know that the broker is
            there.
    """

    def __init__(self, agent: str, topic: str, settings: KafkaSettings, client_id: str) -> None:
        self._agent = agent
        self._topic = topic
        self._offsets = Offsets(settings, client_id)
        self.progress = Progress()

    async def look(self, app: Any | None) -> None:
        """Take note of what is assigned to the app, or to nobody before it runs.

        Raises:
            KafkaError, TimeoutError: the broker does not answer.
        """
        assigned: Iterable[Any] = () if app is None else app.consumer.assignment()
        if not assigned:
            await self._offsets.answers(self._topic)
        ends = await self._offsets.ends(assigned)
        self.progress.observe(
            ends, {tp: app.consumer._committed_offset.get(tp) or 0 for tp in ends} if app else {}
        )
        if self.progress.stalled(STALL_SECONDS / 2) is not None:
            # What retention removed is never finished: an old partition may be empty and yet end high.
            self.progress.observe(ends, await self._offsets.oldest(assigned))
        telemetry.LAG.labels(self._agent).set(self.progress.lag)

    async def leave(self, group: str, member: str) -> None:
        """See ``Offsets.leave``; whether it came about shows only in how soon work goes on."""
        with contextlib.suppress(KafkaError, TimeoutError):
            await self._offsets.leave(group, member)

    async def close(self) -> None:
        """Disconnect."""
        await self._offsets.close()
