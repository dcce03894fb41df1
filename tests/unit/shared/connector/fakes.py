"""A broker made by hand, and a store on SQLite."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

import services.connectwise_connector.app as connector
from shared.bus.producer import Message, PublishError, TooLargeError
from shared.connector.publisher import ChangePublisher, Origin
from shared.connector.snapshots import Snapshot
from shared.connector.store import RecordStore
from shared.connector.tables import connector_tables
from shared.events.envelope import Envelope
from shared.store.lease import Lease
from tests.stores import migrated, store_in

NAME = connector.NAME
TABLES = connector_tables(NAME)


class FakeBroker:
    """Takes messages; ``before`` and ``after`` may raise, on either side of the acknowledgement."""

    def __init__(self, limit: int = 10_000_000) -> None:
        self.sent: list[Message] = []
        self.limit = limit
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    async def send(self, messages: Sequence[Message]) -> None:
        self.before()
        for message in messages:
            if len(message.value or b"") > self.limit:
                raise TooLargeError("too large")
            self.sent.append(message)
        self.after()

    async def stop(self) -> None:
        return None

    def envelopes(self) -> list[Envelope]:
        return [Envelope.from_headers(message.headers) for message in self.sent]


def away() -> None:
    """A broker that does not acknowledge."""
    raise PublishError("no acknowledgement")


async def open_engine(path: Path) -> AsyncEngine:
    return await migrated(store_in(path), NAME, connector.MIGRATIONS)


async def taken(engine: AsyncEngine, holder: str = "me") -> RecordStore:
    """The store as a replica that holds the lease has it."""
    lease = Lease(engine, TABLES.lease, "poll", holder, 60)
    if await lease.acquire() is None:
        raise RuntimeError("the lease is held")
    store = RecordStore(engine, TABLES, lease)
    await store.begin()
    return store


def publisher(store: RecordStore, broker: FakeBroker) -> ChangePublisher:
    return ChangePublisher(Origin(NAME, "connectwise", "t"), store, broker)


def snap(key: str, content: str = "a", stamp: str | None = None, order_key: str | None = None) -> Snapshot:
    return Snapshot(key=key, order_key=order_key or key, digest=content, body=content.encode, stamp=stamp)
