"""The producer: idempotent, acknowledged by all replicas, with limits that let a dead letter hold any change."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OutOfOrderSequenceNumber

from shared.config import KafkaSettings
from shared.events.topics import FRAMING_BYTES, PRODUCER_MAX_BYTES

REQUEST_TIMEOUT_SECONDS = 15.0


class PublishError(RuntimeError):
    """The broker did not acknowledge; whether the message is there is unknown."""


class TooLargeError(PublishError):
    """The broker or the producer refuses a message of this size; it is not there."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = field(default=())
    partition: int | None = None


class Producer:
    """Sends and waits for acknowledgement; survives the broker's restart and a broken producer id."""

    def __init__(self, settings: KafkaSettings, client_id: str) -> None:
        """Prepare; nothing is connected before ``start``."""
        self._settings = settings
        self._client_id = client_id
        self._inner: Any = None
        self._lock = asyncio.Lock()

    async def start(self) -> "Producer":
        """Connect.

        Raises:
            PublishError: no broker answers.
        """
        async with self._lock:
            if self._inner is None:
                self._inner = await self._connect()
        return self

    async def stop(self) -> None:
        """Send what is buffered and disconnect."""
        async with self._lock:
            inner, self._inner = self._inner, None
        if inner is not None:
            await inner.stop()

    async def send(self, messages: Sequence[Message]) -> None:
        """Send all and return once each is acknowledged.

        Raises:
            TooLargeError: one is over the limit; the others may have been sent.
            PublishError: the broker did not acknowledge all within the time limit.
        """
        if not messages:
            return
        await self.start()
        inner = self._inner
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_SECONDS * 2):
                waiting = [
                    await inner.send(
                        message.topic,
                        key=message.key,
                        value=message.value,
                        headers=list(message.headers),
                        partition=message.partition,
                    )
                    for message in messages
                ]
                await asyncio.gather(*waiting)
        except MessageSizeTooLargeError as error:
            raise TooLargeError(str(error)) from error
        except (KafkaError, TimeoutError) as error:
            # aiokafka #1017: after a lost place this producer would stay stuck. Without a broker it would try to
            # connect many times a second for whatever is sent next; the one the next send makes asks once.
            await self._discard(inner)
            if isinstance(error, OutOfOrderSequenceNumber):
                text = "the broker lost the producer's place; sending again is needed"
            else:
                text = f"{type(error).__name__}: {error}"
            raise PublishError(text) from error

    async def _discard(self, inner: Any) -> None:
        async with self._lock:
            if self._inner is inner:
                self._inner = None
        try:
            await asyncio.wait_for(inner.stop(), 5)
        except (KafkaError, TimeoutError):
            # What it still holds was told as not sent, and will be sent again: it must not come in between.
            await inner._sender.close()
            await inner.client.close()

    async def _connect(self) -> Any:
        inner = AIOKafkaProducer(
            bootstrap_servers=self._settings.bootstrap_servers,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            max_request_size=PRODUCER_MAX_BYTES + FRAMING_BYTES,
            request_timeout_ms=int(REQUEST_TIMEOUT_SECONDS * 1000),
            linger_ms=2,
        )
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_SECONDS):
                await inner.start()
        except (KafkaError, TimeoutError) as error:
            await inner.stop()
            raise PublishError(f"no broker at {self._settings.bootstrap_servers} answers") from error
        return inner
