"""Every link as the links topic tells it, in memory: what an agent reads before it decides."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.config import KafkaSettings
from shared.events import topics
from shared.links.fold import LinkFold
from shared.links.kinds import LinkKind
from shared.links.models import Link

_LOG = structlog.get_logger()
_RETRY_SECONDS = 2.0
_POLL_MS = 500
_ASK_SECONDS = 5.0
"""How often the end of the topic is asked for, and how long the answer may take."""
_SILENT_SECONDS = 12.0
"""Without an answer for so long the consumer is let go: it would try to connect many times a second."""


class LinkView:
    """Follows the links topic from its beginning.

    The view is behind by some milliseconds and may be behind by more: it alone never decides that something
    is to be created; ask mapping for that.

    Args:
        kafka: where the broker is and how topics are called.
        told: called with every state of a link that is news to the view, the old ones at the start included.
    """

    def __init__(self, kafka: KafkaSettings, told: Callable[[Link], None] = lambda _: None) -> None:
        self._kafka = kafka
        self._told = told
        self._fold = LinkFold()
        self._started = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._trouble: str | None = None
        self.behind = 0
        """Messages between the view and the end of the topic, as last seen."""

    def by_left(self, kind: LinkKind, left: str) -> Link | None:
        """The link that holds for a left record."""
        return self._fold.by_left(kind, left)

    def by_right(self, kind: LinkKind, right: str) -> Link | None:
        """The link that holds for a right record."""
        return self._fold.by_right(kind, right)

    def generation(self, kind: LinkKind, left: str) -> int:
        """How often a link of this left record has been ended."""
        return self._fold.generation(kind, left)

    def learn(self, link: Link) -> None:
        """Take in a link that mapping just answered, before the topic tells it."""
        self._fold.apply(link)

    @property
    def malformed(self) -> int:
        """Messages that could not be read since the view began."""
        return self._fold.malformed

    def __len__(self) -> int:
        return len(self._fold)

    def start(self) -> None:
        """Begin to follow the topic, in a task of its own; does nothing when it has begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow(), name="link-view")

    async def started(self) -> None:
        """Begin if need be, and return once everything the topic held at the start has been read."""
        self.start()
        await self._started.wait()

    async def stop(self) -> None:
        """Stop following; lookups keep answering what was read."""
        if self._task is None:
            return
        task, self._task = self._task, None
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _follow(self) -> None:
        while True:
            try:
                await self._read()
            except (KafkaError, OSError, TimeoutError) as error:
                self._unreadable(f"{type(error).__name__}: {error}")
            except Exception:  # noqa: BLE001
                # The client library raises more than it documents when brokers come and go; an agent must
                # not go on with a view that silently stopped.
                _LOG.exception("links_unreadable", again_in=_RETRY_SECONDS)
            await asyncio.sleep(_RETRY_SECONDS)

    def _unreadable(self, fault: str) -> None:
        if self._trouble is None:
            _LOG.warning("links_unreadable", error=fault, again_in=_RETRY_SECONDS)
        self._trouble = fault

    async def _read(self) -> None:
        """Read from the beginning and go on; reading something twice is harmless, revisions tell."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._kafka.bootstrap_servers,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            partition = await self._partition(consumer)
            consumer.assign([partition])
            await consumer.seek_to_beginning(partition)
            end = await _end(consumer, partition)
            asked = answered = time.monotonic()
            self._trouble = None
            while True:
                position = await consumer.position(partition)
                if position >= end:
                    self._started.set()
                self.behind = max(0, (consumer.highwater(partition) or end) - position)
                if time.monotonic() - asked > _ASK_SECONDS:
                    asked = time.monotonic()
                    try:
                        await _end(consumer, partition)
                        answered = time.monotonic()
                    except (KafkaError, TimeoutError):
                        if time.monotonic() - answered > _SILENT_SECONDS:
                            raise
                batches = await consumer.getmany(partition, timeout_ms=_POLL_MS, max_records=2000)
                for message in batches.get(partition, ()):
                    self._take(message)
        finally:
            await consumer.stop()

    async def _partition(self, consumer: Any) -> TopicPartition:
        topic = topics.links(self._kafka.topic_prefix)
        # partitions_for_topic knows only what the metadata held; asking for all topics refreshes it.
        while topic not in await consumer.topics():
            _LOG.warning("links_topic_missing", topic=topic, again_in=_RETRY_SECONDS)
            await asyncio.sleep(_RETRY_SECONDS)
        return TopicPartition(topic, 0)

    def _take(self, message: Any) -> None:
        taken = self._fold.apply_value(message.value)
        if isinstance(taken, Link):
            self._told(taken)
        elif taken is not None:
            _LOG.error("link_malformed", offset=message.offset, fault=taken)


async def _end(consumer: Any, partition: TopicPartition) -> int:
    async with asyncio.timeout(_ASK_SECONDS):
        end: int = (await consumer.end_offsets([partition]))[partition]
        return end
