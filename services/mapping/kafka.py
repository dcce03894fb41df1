"""Takes outgoing messages to their topics."""

from collections.abc import Sequence

from services.mapping.messages import LINKS, Outgoing
from shared.bus.producer import Message, Producer
from shared.config import KafkaSettings
from shared.events import topics


class KafkaSender:
    """The publisher's sender onto a real broker.

    Args:
        settings: where the broker is and how topics are called.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._prefix = settings.topic_prefix
        self._producer = Producer(settings, "tandem-mapping")

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send all, in order; return once each is acknowledged.

        Raises:
            shared.bus.producer.PublishError: not all were.
        """
        await self._producer.send([self._message(message) for message in messages])

    async def stop(self) -> None:
        """Send what is buffered and disconnect; ``send`` connects again."""
        await self._producer.stop()

    def _message(self, outgoing: Outgoing) -> Message:
        if outgoing.target == LINKS:
            topic = topics.links(self._prefix)
        else:
            topic = topics.redo(self._prefix, outgoing.target)
        return Message(
            topic=topic, key=outgoing.key.encode(), value=outgoing.value.encode(), headers=outgoing.headers
        )
