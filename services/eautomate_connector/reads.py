"""One pass over e-automate: rows in the rowversion window, then every customer's property values in full.

Property values carry no rowversion, and foreign SQL writes them without touching the customer. The same
comparison sees every id, so deletions are found in each pass. A full scan at the start and at night finds
what changed beside the row and its properties, such as a renamed branch or sales representative.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from services.eautomate_connector.rules import customer_snapshot, property_stamp, went_back
from services.eautomate_connector.settings import EAutomateConnectorSettings
from shared.connector.deletions import believable, publish_deletions, vanished
from shared.connector.progress import Advance, shown
from shared.connector.runner import Session, SourceError
from shared.connector.schedule import sweep_due
from shared.eautomate.errors import EAutomateError
from shared.eautomate.port import EAutomate
from shared.eautomate.rows import START, Keyset
from shared.events.records import Customer

CUSTOMER = "customer"
SWEEP = "customer sweep"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Memory:
    """What outlives a pause: whether this process has compared everything once."""

    swept: bool = False


class EAutomateReader:
    """Reads one database while this replica holds the lease."""

    def __init__(
        self,
        port: EAutomate,
        session: Session,
        settings: EAutomateConnectorSettings,
        memory: Memory,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read before the first pass."""
        self._port = port
        self._session = session
        self._settings = settings
        self._memory = memory
        self._now = now
        self._stamps: dict[str, str | None] | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()

    async def run_pass(self) -> None:
        """Changed rows, property values, deletions, and now and then everything.

        Raises:
            SourceError: the database cannot be read; the position stays and the pass is done again.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        try:
            await self._pass()
        except EAutomateError as error:
            raise SourceError(f"e-automate: {error}") from error

    async def _pass(self) -> None:
        store = self._session.store
        identity = str(await self._port.database_identity())
        source = await store.source()
        position = await store.position(CUSTOMER)
        low = bytes.fromhex(position) if position else None
        high = (await self._port.window(low or START)).high
        if went_back(source.identity, identity, low, high):
            log.warning("e-automate's database was restored or replaced; everything is read again")
            await store.restored(identity)
            self._stamps, low = None, None
        elif source.identity is None:
            await store.identify(identity)
        if low is None or await self._sweep_due():
            await self._everything(high, first=low is None)
        else:
            await self._window(low, high)
        await self._beside_the_row()

    async def _window(self, low: bytes, high: bytes) -> None:
        after: Keyset | None = None
        while True:
            page = await self._port.customers_changed(low, high, after, self._settings.page_rows)
            last = page.next is None
            await self._publish(page.customers, high.hex() if last else None)
            if last:
                return
            after = page.next

    async def _everything(self, high: bytes, *, first: bool) -> None:
        begun = self._now()
        if first:
            with shown("reading all customers") as advance:
                await self._scan(advance)
        else:
            await self._scan(lambda _: None)
        await self._session.store.save_position(CUSTOMER, high.hex())
        await self._session.store.save_position(SWEEP, begun.isoformat())
        self._memory.swept = True

    async def _scan(self, advance: Advance) -> None:
        after = 0
        while page := await self._port.customers_all(after, self._settings.page_rows):
            await self._publish(page, None)
            after = page[-1].customer_id
            advance(len(page))

    async def _publish(self, customers: list[Customer], position: str | None) -> None:
        snapshots = [customer_snapshot(customer) for customer in customers]
        await self._session.publisher.publish(CUSTOMER, snapshots, position=position)
        if self._stamps is not None:
            self._stamps |= {snapshot.key: snapshot.stamp for snapshot in snapshots}

    async def _beside_the_row(self) -> None:
        stamps = await self._remembered()
        seen: set[str] = set()
        differing: list[int] = []
        async for page in self._port.properties_all(self._settings.property_page_rows):
            self._session.advance()
            for row in page:
                key = str(row.customer_id)
                seen.add(key)
                if stamps.get(key) != property_stamp(row):
                    differing.append(row.customer_id)
        for start in range(0, len(differing), self._settings.page_rows):
            chunk = differing[start : start + self._settings.page_rows]
            found = await self._port.customers_by_id(chunk)
            await self._publish(list(found.values()), None)
        if stamps.keys() - seen:
            await self._deletions(seen)

    async def _remembered(self) -> dict[str, str | None]:
        if self._stamps is None:
            known = await self._session.store.known(CUSTOMER)
            self._stamps = {record.key: record.stamp for record in known if not record.deleted}
        return self._stamps

    async def _deletions(self, seen: set[str]) -> None:
        known = await self._session.store.known(CUSTOMER)
        missing = vanished(known, seen)
        there = sum(1 for record in known if not record.deleted)
        if not missing or not believable(CUSTOMER, len(missing), there, self._settings.deletion_share):
            return
        alive = await self._port.customers_by_id([int(record.key) for record in missing])
        gone = [record for record in missing if int(record.key) not in alive]
        await publish_deletions(self._session.publisher, CUSTOMER, gone)
        log.info("customers were deleted", count=len(gone))
        self._stamps = None

    async def _sweep_due(self) -> bool:
        if not self._memory.swept:
            return True
        last = await self._session.store.position(SWEEP)
        swept = datetime.fromisoformat(last) if last else None
        return sweep_due(swept, self._now(), self._settings.sweep_hour, self._settings.sweep_seconds)
