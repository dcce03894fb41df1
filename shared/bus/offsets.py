"""Where partitions begin and end, asked over a connection of its own.

Faust's consumer lives in a thread that does one thing after another: a question that waits for the broker, as in
a rebalance, would hold up fetching and committing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.errors import KafkaConnectionError, KafkaError, for_code
from aiokafka.protocol.group import LeaveGroupRequest

from shared.config import KafkaSettings

ASK_SECONDS = 5.0
AGAIN_SECONDS = 0.2


class Offsets:
    """Asks the broker; connects with the first question and again after trouble."""

    def __init__(self, settings: KafkaSettings, client_id: str) -> None:
        """Prepare; nothing is connected yet."""
        self._settings = settings
        self._client_id = client_id
        self._consumer: Any = None

    async def ends(self, partitions: Iterable[tuple[str, int]]) -> dict[Any, int]:
        """The offset after the last message, by partition.

        Raises:
            KafkaError, TimeoutError: the broker does not answer.
        """
        return await self._ask("end_offsets", partitions)

    async def oldest(self, partitions: Iterable[tuple[str, int]]) -> dict[Any, int]:
        """The first offset that retention left, by partition.

        Raises:
            KafkaError, TimeoutError: the broker does not answer.
        """
        return await self._ask("beginning_offsets", partitions)

    async def answers(self, topic: str) -> None:
        """Return once the broker has answered anything; whether the topic is there does not matter.

        Raises:
            KafkaError, TimeoutError: it does not answer.
        """
        async with self._connected() as consumer:
            client = consumer._client
            # Of one topic: a cluster may have thousands.
            client.set_topics([topic])
            if not await client.force_metadata_update():
                raise KafkaConnectionError("no broker answers")

    async def leave(self, group: str, member: str) -> None:
        """Take a member out of its group that was let go while no broker answered; who joins would wait for it.

        Raises:
            KafkaError, TimeoutError: the broker does not answer; the group forgets the member by itself, later.
        """
        async with self._connected() as consumer:
            client = consumer._client
            while True:
                with contextlib.suppress(KafkaError):
                    node = await client.coordinator_lookup(CoordinationType.GROUP, group)
                    request = LeaveGroupRequest(group, member)
                    answer = await client.send(node, request, group=ConnectionGroup.COORDINATION)
                    if not for_code(answer.error_code).retriable:
                        return
                # Right after its start a broker does not know its groups yet.
                await asyncio.sleep(AGAIN_SECONDS)

    async def close(self) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _ask(self, question: str, partitions: Iterable[tuple[str, int]]) -> dict[Any, int]:
        places = [TopicPartition(topic, number) for topic, number in partitions]
        if not places:
            return {}
        async with self._connected() as consumer:
            found: dict[Any, int] = await getattr(consumer, question)(places)
            return found

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                if self._consumer is None:
                    self._consumer = AIOKafkaConsumer(
                        bootstrap_servers=self._settings.bootstrap_servers,
                        client_id=self._client_id,
                        group_id=None,
                        enable_auto_commit=False,
                    )
                    await self._consumer.start()
                yield self._consumer
        except (KafkaError, TimeoutError):
            await self.close()
            raise
