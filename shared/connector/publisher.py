"""From what was read to the change topics: compare, allocate, send, mark.

The sequence is committed before anything is sent, the hash is marked after the broker acknowledged: a crash
in between sends the record again with a higher sequence, never other content under the same one.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from shared.bus.producer import Message, TooLargeError
from shared.connector.snapshots import OVERSIZED, Snapshot
from shared.connector.store import Allocated, RecordStore
from shared.events.envelope import Envelope
from shared.events.topics import CHANGE_MAX_BYTES, change
from shared.telemetry import PUBLISHED, UNCHANGED

BATCH_MESSAGES = 500
BATCH_BYTES = 8 * 1024 * 1024

log = structlog.get_logger(__name__)


class Sender(Protocol):
    """What is needed of a producer."""

    async def send(self, messages: Sequence[Message]) -> None:
        """Send all and return once each is acknowledged.

        Raises:
            TooLargeError: one is over the limit.
            PublishError: not all were acknowledged.
        """


@dataclass(frozen=True, slots=True)
class PageResult:
    """What came of a page: records published, and records as they were."""

    published: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose changes they are.

    Attributes:
        connector: the service, for metrics.
        source: ``eautomate`` or ``connectwise``.
        prefix: of the topics.
    """

    connector: str
    source: str
    prefix: str


class ChangePublisher:
    """Publishes what differs from what was published before."""

    def __init__(
        self,
        origin: Origin,
        store: RecordStore,
        sender: Sender,
        *,
        before_page: Callable[[], None] = lambda: None,
        after_page: Callable[[], None] = lambda: None,
    ) -> None:
        """Nothing is sent before ``publish``.

        Args:
            origin: whose changes.
            store: what was published before.
            sender: takes the messages to the broker.
            before_page: called before anything is done about a page; may raise to end the pass.
            after_page: called when a page was acknowledged and marked.
        """
        self._origin = origin
        self._store = store
        self._sender = sender
        self._before_page = before_page
        self._after_page = after_page

    async def publish(
        self,
        entity: str,
        snapshots: Iterable[Snapshot],
        *,
        position: str | None = None,
        watch_children: bool = False,
    ) -> PageResult:
        """Publish a page; a key that occurs twice counts with its last snapshot.

        Args:
            entity: the record kind.
            snapshots: what was read.
            position: saved together with the marks when everything was acknowledged.
            watch_children: as ``RecordStore.allocate``.

        Raises:
            PublishError: the broker did not acknowledge; what it did take comes again with a higher sequence.
            LeaseLostError: another replica polls.
        """
        self._before_page()
        page = {snapshot.key: snapshot for snapshot in snapshots}
        changed = await self._store.allocate(entity, page.values(), watch_children=watch_children)
        await self._send(entity, changed)
        await self._store.mark(entity, changed, position)
        result = PageResult(published=len(changed), unchanged=len(page) - len(changed))
        PUBLISHED.labels(self._origin.connector, entity).inc(result.published)
        UNCHANGED.labels(self._origin.connector, entity).inc(result.unchanged)
        self._after_page()
        return result

    async def _send(self, entity: str, changed: Sequence[Allocated]) -> None:
        now = datetime.now(UTC)
        for batch in _batches(self._message(entity, one, now) for one in changed):
            try:
                await self._sender.send(batch)
            except TooLargeError:
                await self._one_by_one(batch)

    async def _one_by_one(self, batch: Sequence[Message]) -> None:
        # The broker takes less than we do: only the records it refuses become stubs.
        for message in batch:
            try:
                await self._sender.send([message])
            except TooLargeError:
                await self._sender.send([self._reduced(message)])

    def _message(self, entity: str, one: Allocated, now: datetime) -> Message:
        snapshot = one.snapshot
        envelope = Envelope(
            source=self._origin.source,
            entity=entity,
            subject=snapshot.key,
            sequence=one.sequence,
            time=now,
            action=snapshot.action,
            schema=snapshot.schema,
        )
        message = Message(
            topic=change(self._origin.prefix, self._origin.source, entity),
            key=snapshot.order_key.encode(),
            value=snapshot.body(),
            headers=envelope.headers(),
        )
        return message if len(message.value or b"") <= CHANGE_MAX_BYTES else self._reduced(message)

    def _reduced(self, message: Message) -> Message:
        envelope = replace(
            Envelope.from_headers(message.headers), source=self._origin.source, action=OVERSIZED
        )
        size = len(message.value or b"")
        log.error(
            "a record is too large for its topic", record=envelope.record, bytes=size, limit=CHANGE_MAX_BYTES
        )
        stub = {"entity": envelope.entity, "key": envelope.subject, "bytes": size, "limit": CHANGE_MAX_BYTES}
        return replace(message, value=json.dumps(stub).encode(), headers=envelope.headers())


def _batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    batch: list[Message] = []
    size = 0
    for message in messages:
        own = len(message.value or b"")
        if batch and (len(batch) >= BATCH_MESSAGES or size + own > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += own
    if batch:
        yield batch
